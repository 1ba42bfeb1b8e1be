import { expect } from 'chai';
import fc from 'fast-check';
import { exactWindow } from '../../src/core/advice/acceptance-window.js';
import { adviseSender } from '../../src/core/advice/sender-advice.js';
import type { SenderAdvice } from '../../src/core/advice/sender-advice-schema.js';
import { SENDERS } from '../../src/core/advice/senders.js';
import { parseDuration } from '../../src/model/values/duration.js';

/*
 * Advice does no harm: over random windows and every sender it lands no later than before, and what it
 * costs other mail is said.
 */

const WINDOWS = 2_000;

const INSTEAD = /The first retry of all mail then comes after (?<is>.+?) instead of (?<was>.+?)\./u;

/** What is wrong with the advice for one sender; null: nothing. */
function harm({ remedy, surelyBySeconds, verdict }: SenderAdvice): string | null {
  if (remedy === null) return null;
  const { needed, landsSeconds, price, scope, value } = remedy;
  if (needed !== (verdict !== 'lands')) return 'needed where it lands, or not where it does not';
  if (landsSeconds === null) return 'it does not land';
  if (!needed && landsSeconds[1] > (surelyBySeconds ?? 0)) return 'later than before';
  if (scope !== 'all') return null;
  const { is, was } = INSTEAD.exec(price)?.groups ?? {};
  const said = is !== undefined || /stays at|All queued mail|no retry/u.test(price);
  if (!said) return `the cost is not said: ${value}: ${price}`;
  const seconds = (text: string) => parseDuration(text.replace(/ /gu, '').replace(/min/u, 'm'));
  const grows = is !== undefined && was !== undefined && seconds(is) > seconds(was);
  return !needed && grows ? 'other mail waits longer so that one comes sooner' : null;
}

describe('advice', () => {
  it(`does no harm in ${WINDOWS} random windows, for every sender`, () => {
    const drawn = fc.sample(
      fc.tuple(
        fc.oneof(fc.integer({ min: 10, max: 7_200 }), fc.integer({ min: 10, max: 90_000 })),
        fc.oneof(fc.integer({ min: 30, max: 3_600 }), fc.integer({ min: 30, max: 172_800 })),
        fc.boolean(),
      ),
      { numRuns: WINDOWS, seed: 20261130 },
    );
    for (const [opens, width, restartsTimer] of drawn) {
      for (const sender of SENDERS) {
        const advice = adviseSender(sender, exactWindow(opens, opens + width), { restartsTimer });
        const where = `${sender.id} ${opens}..${opens + width} ${restartsTimer}`;
        expect(advice === null ? null : harm(advice), where).to.equal(null);
      }
    }
  });
});
