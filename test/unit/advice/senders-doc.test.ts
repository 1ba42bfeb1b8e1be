import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SENDERS } from '../../../src/advice/senders.js';
import { landingTable } from './senders-doc.js';

describe('docs/senders.md', () => {
  const text = readFileSync(new URL('../../../docs/senders.md', import.meta.url), 'utf8');

  it('has the table that the program reckons', () => {
    expect(text).to.contain(landingTable().join('\n'));
  });

  it('names the senders whose schedule is not known', () => {
    for (const { id, schedule } of SENDERS) {
      if (schedule === null) expect(text).to.contain(`\`${id}\``);
    }
  });
});
