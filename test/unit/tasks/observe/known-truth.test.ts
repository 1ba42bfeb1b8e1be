import { expect } from 'chai';
import { findingsOf, holdAgainst, wrongOfOther } from '../../../support/observe/observed-truth.js';
import { otherLog } from '../../../support/observe/other-log.js';
import { sentLog } from '../../../support/observe/sent-log.js';

describe('windows from logs with known truth', () => {
  for (const seed of [11, 12]) {
    it(`hold it (seed ${seed})`, async () => {
      const log = sentLog({ seed, days: 6, messagesADay: 120, domains: 16 });
      const against = holdAgainst(log, await findingsOf(log.files));
      expect(against.wrong).deep.equal([]);
      expect(against.bracketed).greaterThan(1);
    });
  }

  it('show when their sender tries again: a queue run later, and twice as old', async () => {
    const log = sentLog({ seed: 15, days: 6, messagesADay: 120, domains: 16 });
    const [first, second] = (await findingsOf(log.files)).retries;
    expect(first?.lowSeconds).within(290, 450);
    expect(first?.highSeconds).within(450, 620);
    expect(second?.medianSeconds).within(580, 1_000);
  });
  for (const seed of [3, 4]) {
    it(`hold it in another hand (seed ${seed})`, async () => {
      const log = otherLog(seed, 4);
      const found = await findingsOf(log.files);
      expect(found.hosts.length).greaterThan(5);
      expect(wrongOfOther(log, found)).deep.equal([]);
    });
  }

  it('come out the same whatever the order of the files', async () => {
    const log = sentLog({ seed: 14, days: 5, messagesADay: 60, domains: 8 });
    const once = await findingsOf(log.files);
    expect(await findingsOf([...log.files].reverse())).deep.equal(once);
  });
});
