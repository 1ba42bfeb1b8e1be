import { expect } from 'chai';
import { saySame } from '../../../../src/core/greylist/same-words.js';
import { replyOf } from './samples.js';

describe('saySame', () => {
  const same = (one: string, other: string) => saySame(replyOf(one), replyOf(other));

  it('looks past addresses, ids and times', () => {
    expect(
      same(
        '451 4.7.1 <a@s.example>: try later [id7x]',
        '451 4.7.1 <b@s.example>:  Try later [id9q]',
      ),
    ).to.equal(true);
  });

  it('tells other words and other codes apart', () => {
    expect(same('451 try later', '451 go away')).to.equal(false);
    expect(same('451 try later', '450 try later')).to.equal(false);
    expect(same('451 4.7.1 try later', '451 4.7.0 try later')).to.equal(false);
  });
});
