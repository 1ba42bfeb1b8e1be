import { expect } from 'chai';
import fc from 'fast-check';
import { type AgeWindow, exactWindow } from '../../src/core/advice/acceptance-window.js';
import { adviseSender } from '../../src/core/advice/sender-advice.js';
import type { RemedyAdvice, SenderAdvice } from '../../src/core/advice/sender-advice-schema.js';
import type { Sender } from '../../src/core/advice/sender-schema.js';
import { withSettings } from '../../src/core/advice/sender-settings.js';
import { SENDERS } from '../../src/core/advice/senders.js';
import { parseDuration } from '../../src/model/values/duration.js';

/*
 * Advice does no harm: over random windows and every sender it lands no later than before, and what it
 * costs other mail is said.
 */

const WINDOWS = 2_000;

const POSTCONF = /^postconf -e '(?<name>\w+) = (?<value>\w+)'$/u;

/** The sender with what the lines to paste set; null: they cannot be given with --set. */
function asPasted(sender: Sender, { setting, value, paste }: RemedyAdvice): Sender | null {
  const { remedy, schedule } = sender;
  // Without a queue scan of its own, which the price asks for, it is not what is pasted.
  const asksForScan = schedule?.kind === 'retry-rules' && schedule.scanSeconds === null;
  if (remedy?.setting !== setting || asksForScan) return null;
  const set = paste.flatMap((line) => {
    const { name, value: to } = POSTCONF.exec(line)?.groups ?? {};
    return name === undefined || to === undefined ? [] : [{ name, value: to }];
  });
  if (set.length === 0 && remedy.also.length > 0) return null;
  return withSettings([sender], set.length > 0 ? set : [{ name: setting, value }])[0] ?? null;
}

/** What is wrong with advice that was followed; null: mail lands. */
function unkept(sender: Sender, window: AgeWindow, advice: SenderAdvice, restartsTimer: boolean) {
  const followed = advice.remedy === null ? null : asPasted(sender, advice.remedy);
  if (followed === null) return null;
  const then = adviseSender(followed, window, { restartsTimer });
  const lands = [then?.earliestSeconds, then?.latestSeconds];
  return then?.verdict === 'lands' ? null : `as pasted: ${then?.verdict}, ${lands.join(' to ')} s`;
}

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
      const window = exactWindow(opens, opens + width);
      for (const sender of SENDERS) {
        const advice = adviseSender(sender, window, { restartsTimer });
        const where = `${sender.id} ${opens}..${opens + width} ${restartsTimer}`;
        expect(advice === null ? null : harm(advice), where).to.equal(null);
        if (advice === null) continue;
        expect(unkept(sender, window, advice, restartsTimer), where).to.equal(null);
      }
    }
  });
});
