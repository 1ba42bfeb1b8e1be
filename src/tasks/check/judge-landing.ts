import type { CheckValues, Judgement } from '../../contract/check-result.js';
import type { AgeWindow } from '../../core/advice/acceptance-window.js';
import { exactWindow } from '../../core/advice/acceptance-window.js';
import { adviseSender } from '../../core/advice/sender-advice.js';
import type { SenderAdvice } from '../../core/advice/sender-advice-schema.js';
import type { Sender } from '../../core/advice/sender-schema.js';
import { sendersNamed } from '../../core/advice/senders.js';
import { secondsText } from '../../model/values/seconds-text.js';
import { blocked, failed, notJudged, passed, type Subject } from './judgement.js';
import { narrowing, type Observed, obstacleOf } from './observed.js';

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
 * fails, unless a try near an edge could mean that it does. In between the bracket is too wide to tell.
 * Where documents differ on the schedule and another one says otherwise, nothing is judged.
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
  if (worst === null || best === null) {
    const found = 'no retry was seen to pass; --max-wait waits longer';
    return notJudged(subject, 'inconclusive', found, { limitSeconds });
  }
  const values = { limitSeconds, ...valuesOf(worst) };
  const { says } = worst;
  if (worst.verdict === 'unknown') return notJudged(subject, 'schedule-unknown', says, values);
  if (landsBy(worst, limitSeconds)) {
    const denies = worst.otherReadings.find((reading) => !readsAsLandingBy(reading, limitSeconds));
    if (denies !== undefined) {
      const found = `${says} By ${denies.says} it may not.`;
      return notJudged(subject, 'schedule-unknown', found, values);
    }
    if (!reachesBeyondSight(worst, result.window)) return passed(subject, says, values);
    const found = `${says} If the window stays open for a day: it was not seen to close.`;
    return passed(subject, found, { ...values, closingAssumed: true });
  }
  if (landsBy(best, limitSeconds)) {
    return notJudged(subject, 'bracket-too-wide', `${says} ${narrowing(observed)}.`, values);
  }
  if (mayLandBy(best, limitSeconds)) return notJudged(subject, 'near-an-edge', says, values);
  const other = best.otherReadings.find((reading) => readsAsLandingBy(reading, limitSeconds));
  if (other === undefined) return failed(subject, says, values);
  return notJudged(subject, 'schedule-unknown', `${says} By ${other.says} it may land.`, values);
}

/** In all phases, by the limit, with a margin on both edges. */
function landsBy(advice: SenderAdvice, limitSeconds: number): boolean {
  if (advice.verdict !== 'lands') return false;
  const latest = advice.surelyBySeconds ?? advice.latestSeconds;
  return latest !== null && latest <= limitSeconds;
}

/** In all phases, by the limit, if a try near an edge counts. */
function mayLandBy({ missChance, latestSeconds }: SenderAdvice, limitSeconds: number): boolean {
  return missChance === 0 && latestSeconds !== null && latestSeconds <= limitSeconds;
}

/** By the limit, after what another document says. */
function readsAsLandingBy(
  { verdict, latestSeconds }: SenderAdvice['otherReadings'][number],
  limitSeconds: number,
): boolean {
  const lands = verdict === 'lands' || verdict === 'may-miss';
  return lands && latestSeconds !== null && latestSeconds <= limitSeconds;
}

/** Later than the last age at which the window was seen open, and it was not seen to close. */
function reachesBeyondSight(
  { surelyBySeconds, latestSeconds }: SenderAdvice,
  { closes }: AgeWindow,
): boolean {
  const latest = surelyBySeconds ?? latestSeconds ?? 0;
  return closes.bySeconds === null && latest > (closes.afterSeconds ?? 0);
}

/** The window that suits senders best among those that fit what was seen. */
function earliest({ opens, closes }: AgeWindow): AgeWindow {
  return closes.bySeconds === null
    ? { opens: { afterSeconds: null, bySeconds: opens.afterSeconds ?? 0 }, closes }
    : exactWindow(opens.afterSeconds ?? 0, closes.bySeconds);
}

function valuesOf({
  verdict,
  earliestSeconds,
  latestSeconds,
  missChance,
}: SenderAdvice): CheckValues {
  return { landing: verdict, earliestSeconds, latestSeconds, missChance };
}
