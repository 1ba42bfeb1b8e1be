import type { CheckValues, Judgement } from '../../contract/check-result.js';
import type { Edge } from '../../model/time.js';
import { bracketText, secondsText } from '../../model/values/seconds-text.js';
import { blocked, decided, failed, notJudged, passed, type Subject } from './judgement.js';
import { narrowing, type Observed, obstacleOf } from './observed.js';

/*
 * An edge is known as a bracket. It is judged where the whole bracket lies on one side of the limit;
 * where the limit lies inside, both are possible, and nothing is claimed.
 */

const UNKNOWN: Edge = { afterSeconds: null, bySeconds: null };

export function judgeOpensNoLater(limitSeconds: number, observed: Observed): Judgement {
  const expected = `opens no later than ${secondsText(limitSeconds)}`;
  const subject = { expectation: 'opensNoLaterThan', expected };
  return judgeOpening(subject, limitSeconds, observed, ({ afterSeconds, bySeconds }) => {
    if (bySeconds !== null && bySeconds <= limitSeconds) return true;
    return afterSeconds !== null && afterSeconds >= limitSeconds ? false : null;
  });
}

export function judgeOpensNoEarlier(limitSeconds: number, observed: Observed): Judgement {
  const expected = `opens no earlier than ${secondsText(limitSeconds)}`;
  const subject = { expectation: 'opensNoEarlierThan', expected };
  return judgeOpening(subject, limitSeconds, observed, ({ afterSeconds, bySeconds }) => {
    if (afterSeconds !== null && afterSeconds >= limitSeconds) return true;
    return bySeconds !== null && bySeconds < limitSeconds ? false : null;
  });
}

export function judgeClosesNoEarlier(limitSeconds: number, observed: Observed): Judgement {
  const expected = `closes no earlier than ${secondsText(limitSeconds)}`;
  const subject = { expectation: 'closesNoEarlierThan', expected };
  const values = { limitSeconds };
  const without = withoutWindow(subject, observed, values);
  if (without !== null) return without;
  if (observed.result.verdict.kind === 'accepted') {
    return passed(subject, 'the first attempt is accepted: nothing closes', values);
  }
  const edge = observed.result.window?.closes ?? UNKNOWN;
  const { afterSeconds, bySeconds } = edge;
  if (afterSeconds !== null && afterSeconds >= limitSeconds) {
    return passed(subject, `still open at ${secondsText(afterSeconds)}`, values);
  }
  if (bySeconds !== null && bySeconds < limitSeconds) {
    return failed(subject, `closes at ${bracketText(edge)}`, values);
  }
  if (observed.result.window?.opens.bySeconds == null) {
    const found = openingText(observed.result.window?.opens ?? UNKNOWN);
    return notJudged(subject, 'inconclusive', `${found}; --max-wait waits longer`, values);
  }
  const seen =
    afterSeconds === null
      ? 'the closing was not looked for'
      : `seen open up to ${secondsText(afterSeconds)}`;
  return notJudged(
    subject,
    'not-measured',
    `${seen}; --closing-at ${limitSeconds}s looks then`,
    values,
  );
}

/** `decide`: true or false where the bracket proves it, null where it does not. */
function judgeOpening(
  subject: Subject,
  limitSeconds: number,
  observed: Observed,
  decide: (opens: Edge) => boolean | null,
): Judgement {
  const values = { limitSeconds };
  const without = withoutWindow(subject, observed, values);
  if (without !== null) return without;
  if (observed.result.verdict.kind === 'accepted') {
    const holds = decide({ afterSeconds: null, bySeconds: 0 }) ?? false;
    return decided(holds, subject, 'the first attempt is accepted: open from the start', values);
  }
  const opens = observed.result.window?.opens ?? UNKNOWN;
  const found = openingText(opens);
  const holds = decide(opens);
  if (holds !== null) return decided(holds, subject, found, values);
  return opens.bySeconds === null
    ? notJudged(subject, 'inconclusive', `${found}; --max-wait waits longer`, values)
    : notJudged(subject, 'bracket-too-wide', `${found}; ${narrowing(observed)}`, values);
}

function openingText(opens: Edge): string {
  if (opens.bySeconds !== null) return `opens at ${bracketText(opens)}`;
  return opens.afterSeconds === null
    ? 'no opening seen'
    : `not open up to ${secondsText(opens.afterSeconds)}`;
}

/** Greylisting that is at least likely has a window, and so has a host that accepts at once. */
function withoutWindow(
  subject: Subject,
  { result }: Observed,
  values: CheckValues,
): Judgement | null {
  const obstacle = obstacleOf(result);
  if (obstacle !== null) return blocked(subject, obstacle, values);
  const { kind, summary } = result.verdict;
  if (kind === 'greylisted' || kind === 'accepted') return null;
  return notJudged(subject, 'not-greylisted', summary, values);
}
