import { expect } from 'chai';
import { Scratch } from '../../../../src/edges/system/scratch.js';
import { temporaryFolder } from '../journal/support/folder.js';

describe('a scratch file', () => {
  const folder = temporaryFolder();

  it('gives back what was put there, and uses room again that was given back', () => {
    const scratch = new Scratch(folder(), 8);
    const [one, two] = ['eins', 'zwei'].map((text) => scratch.put(Buffer.from(text)));
    if (one == null || two == null) throw new Error('there is room');
    expect([one.slot, two.slot]).to.deep.equal([0, 1]);
    expect(scratch.take(one).toString()).to.equal('eins');
    const three = scratch.put(Buffer.from('drei'));
    expect(three).to.deep.equal({ slot: 0, length: 4 });
    expect(scratch.take(two).toString()).to.equal('zwei');
  });

  it('takes nothing that is larger than its slots', () => {
    expect(new Scratch(folder(), 8).put(Buffer.alloc(9))).to.equal(null);
  });
});
