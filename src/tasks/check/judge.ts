import type { CheckValues, Judgement } from '../../contract/check-result.js';
import type { Expectations } from './expectations.js';
import { judgeReached, judgeSharedState, judgeTls } from './judge-hosts.js';
import { judgeLandings } from './judge-landing.js';
import { judgeUnchanged } from './judge-unchanged.js';
import { judgeConfidence, judgeVerdict } from './judge-verdict.js';
import { judgeClosesNoEarlier, judgeOpensNoEarlier, judgeOpensNoLater } from './judge-window.js';
import type { Observed } from './observed.js';

/**
 * Holds what a run showed against what was expected: one judgement for each expectation, in a fixed
 * order. Where the run proves neither, the judgement is `not-judged`, and says why. Pure.
 */
export function judge(expectations: Expectations, observed: Observed): Judgement[] {
  const found = [
    given(expectations.verdict, (wanted) => judgeVerdict(wanted, observed)),
    given(expectations.opensNoLaterThan, (limit) => judgeOpensNoLater(limit, observed)),
    given(expectations.opensNoEarlierThan, (limit) => judgeOpensNoEarlier(limit, observed)),
    given(expectations.closesNoEarlierThan, (limit) => judgeClosesNoEarlier(limit, observed)),
    given(expectations.confidenceAtLeast, (least) => judgeConfidence(least, observed)),
    given(expectations.hostsShareState, (wanted) => judgeSharedState(wanted, observed)),
    given(expectations.tlsOffered, (wanted) => judgeTls(wanted, observed)),
    given(expectations.noHostUnreachable, (wanted) => (wanted ? judgeReached(observed) : [])),
    given(expectations.unchanged, (wanted) => (wanted ? judgeUnchanged(observed) : [])),
    given(expectations.landsWithin, (limits) => judgeLandings(limits, observed)),
  ].flat();
  const values = commonValues(observed);
  return found.map((one) => ({ ...one, values: { ...values, ...one.values } }));
}

function given<T>(
  value: T | undefined,
  judged: (value: T) => Judgement | Judgement[],
): Judgement[] {
  return value === undefined ? [] : [judged(value)].flat();
}

/** What every reader of a failure wants to see. */
function commonValues({ result }: Observed): CheckValues {
  const { verdict, window, reason, connections, run } = result;
  return {
    verdict: verdict.kind,
    confidence: verdict.confidence,
    opensAfterSeconds: window?.opens.afterSeconds ?? null,
    opensBySeconds: window?.opens.bySeconds ?? null,
    closesAfterSeconds: window?.closes.afterSeconds ?? null,
    closesBySeconds: window?.closes.bySeconds ?? null,
    ended: reason,
    connections,
    run,
  };
}
