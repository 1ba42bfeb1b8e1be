import type { Judgement } from '../../contract/check-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import { compareSightings } from '../../core/history/sighting.js';
import { bracketText } from '../../model/values/seconds-text.js';
import { blocked, decided, notJudged } from './judgement.js';
import { type Observed, obstacleOf } from './observed.js';

/** Against the run before: only what no unchanged host can have shown fails. */
export function judgeUnchanged({ result, previous = null }: Observed): Judgement {
  if (previous === null) {
    const subject = { expectation: 'unchanged', expected: 'as the run before' };
    return notJudged(subject, 'no-earlier-run', 'no earlier run is kept: this one is the first');
  }
  const day = previous.startedAt.slice(0, 'yyyy-mm-dd'.length);
  const subject = {
    expectation: 'unchanged',
    expected: `as on ${day}: ${shownBy(previous)}`,
  };
  const values = {
    previousRun: previous.run,
    previousOpensAfterSeconds: previous.window?.opens.afterSeconds ?? null,
    previousOpensBySeconds: previous.window?.opens.bySeconds ?? null,
  };
  const obstacle = obstacleOf(result);
  if (obstacle !== null) return blocked(subject, obstacle, values);
  const comparison = compareSightings(previous, result);
  return comparison === 'unclear'
    ? notJudged(subject, 'let-in', shownBy(result), values)
    : decided(comparison === 'same', subject, shownBy(result), values);
}

function shownBy({ verdict, window }: ProbeResult): string {
  const does = verdict.class === null ? verdict.kind : `${verdict.kind} (${verdict.class})`;
  if (verdict.kind !== 'greylisted') return does;
  return window === null ? verdict.kind : `greylisted, opens at ${bracketText(window.opens)}`;
}
