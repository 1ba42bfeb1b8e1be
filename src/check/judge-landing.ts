import type { AgeWindow } from '../advice/acceptance-window.js';
import { exactWindow } from '../advice/acceptance-window.js';
import { adviseSender } from '../advice/sender-advice.js';
import type { SenderAdvice } from '../advice/sender-advice-schema.js';
import type { Sender } from '../advice/sender-schema.js';
import { sendersNamed } from '../advice/senders.js';
import type { CheckValues, Judgement } from '../result/check-result.js';
import { secondsText } from '../result/seconds-text.js';
import { blocked, failed, notJudged, passed, type Subject } from './judgement.js';
import { type Observed, obstacleOf } from './observed.js';

/** One judgement for each sender, whether it was named itself or as one of a group. */
export function judgeLandings(
  limits: Readonly<Record<string, number>>,
  observed: Observed,
): Judgement[] {
  return [...limitBySender(limits)].map(([sender, limitSeconds]) =>
    judgeLanding(sender, limitSeconds, observed),
  );
}

/** What stands under a sender's own name goes before a group; among groups the shortest limit holds. */
function limitBySender(limits: Readonly<Record<string, number>>): ReadonlyMap<Sender, number> {
  const own = new Map<Sender, number>();
  const inGroups = new Map<Sender, number>();
  for (const [name, limitSeconds] of Object.entries(limits)) {
    for (const sender of sendersNamed(name)) {
      if (sender.id === name.trim().toLowerCase()) own.set(sender, limitSeconds);
      else {
        inGroups.set(sender, Math.min(limitSeconds, inGroups.get(sender) ?? limitSeconds));
      }
    }
  }
  return new Map([...inGroups, ...own]);
}

/**
 * Reckons the sender's schedule against the window at its latest, and at its earliest. Where the
 * former lands in time it passes; where the latter does not, no window in the bracket would, and it
 * fails; in between the bracket is too wide to tell.
 */
function judgeLanding(sender: Sender, limitSeconds: number, observed: Observed): Judgement {
  const subject: Subject = {
    expectation: `landsWithin.${sender.id}`,
    expected: `${sender.name} lands within ${secondsText(limitSeconds)}`,
  };
  const { result } = observed;
  const obstacle = obstacleOf(result);
  if (obstacle !== null) return blocked(subject, obstacle, { limitSeconds });
  const { kind, summary } = result.verdict;
  if (kind === 'accepted')
    return passed(subject, 'its first attempt is accepted', { limitSeconds });
  if (kind !== 'greylisted' || result.window === null) {
    return notJudged(subject, 'not-greylisted', summary, { limitSeconds });
  }
  const restartsTimer = result.warnings.some(({ code }) => code === 'early-retry-harms');
  const worst = adviseSender(sender, result.window, { restartsTimer });
  const best = adviseSender(sender, earliest(result.window), { restartsTimer });
  const values = { limitSeconds, ...valuesOf(worst) };
  const found = worst?.says ?? 'no retry was seen to pass';
  if (worst?.verdict === 'unknown') return notJudged(subject, 'schedule-unknown', found, values);
  if (landsBy(worst, limitSeconds)) return passed(subject, found, values);
  if (!landsBy(best, limitSeconds)) return failed(subject, found, values);
  return notJudged(subject, 'bracket-too-wide', `${found} --resolution narrows it.`, values);
}

/** In all phases, by the limit. */
function landsBy(advice: SenderAdvice | null, limitSeconds: number): boolean {
  if (advice === null || advice.verdict !== 'lands') return false;
  const latest = advice.surelyBySeconds ?? advice.latestSeconds;
  return latest !== null && latest <= limitSeconds;
}

/** The window that suits senders best among those that fit what was seen. */
function earliest({ opens, closes }: AgeWindow): AgeWindow {
  return closes.bySeconds === null
    ? { opens: { afterSeconds: null, bySeconds: opens.afterSeconds ?? 0 }, closes }
    : exactWindow(opens.afterSeconds ?? 0, closes.bySeconds);
}

function valuesOf(advice: SenderAdvice | null): CheckValues {
  return {
    landing: advice?.verdict ?? null,
    earliestSeconds: advice?.earliestSeconds ?? null,
    latestSeconds: advice?.latestSeconds ?? null,
    missChance: advice?.missChance ?? null,
  };
}
