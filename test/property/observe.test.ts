import { expect } from 'chai';
import { findingsOf, holdAgainst, wrongOfOther } from '../support/observe/observed-truth.js';
import { otherLog } from '../support/observe/other-log.js';
import { sentLog } from '../support/observe/sent-log.js';

/*
 * Logs with known truth: greylists with all ways of counting and several keys, that list senders after
 * some passes, that forget, that two hosts share; hosts that fail at random, that are out of order for
 * hours, that take so many an hour; ids that are used again, instances, rotation, new year, winter time.
 */

const LOGS = Number(process.env['GREYPROBE_OBSERVE_LOGS'] ?? 200);
const FIRST_SEED = Number(process.env['GREYPROBE_OBSERVE_SEED'] ?? 1);

describe('windows from logs', () => {
  it(`hold the truth in ${LOGS} logs from seed ${FIRST_SEED} on`, async () => {
    const wrong: string[] = [];
    let greylists = 0;
    let bracketed = 0;
    let confirmed = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + LOGS; seed += 1) {
      const days = [4, 10, 14, 30][seed % 4] ?? 14;
      const log = sentLog({ seed, days, messagesADay: 250, domains: 40 });
      const against = holdAgainst(log, await findingsOf(log.files));
      wrong.push(...against.wrong.map((one) => `seed ${seed}: ${one}`));
      greylists += against.greylists;
      bracketed += against.bracketed;
      confirmed += against.confirmed;
    }
    console.log(
      `      ${greylists} greylists, ${bracketed} with an upper edge, ${confirmed} confirmed`,
    );
    expect(wrong).deep.equal([]);
    expect(confirmed, 'confirmed').least(LOGS);
  });

  it(`hold the truth in ${LOGS} logs in another hand`, async () => {
    const wrong: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + LOGS; seed += 1) {
      const log = otherLog(seed, [3, 8, 20][seed % 3] ?? 8);
      const found = wrongOfOther(log, await findingsOf(log.files));
      wrong.push(...found.map((one) => `seed ${seed}: ${one}`));
    }
    expect(wrong).deep.equal([]);
  });
});
