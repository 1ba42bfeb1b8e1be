import type { Judgement } from '../../contract/check-result.js';
import type { VerdictKind } from '../../core/evidence/verdict-schema.js';
import type { Confidence } from '../../core/greylist/hypothesis.js';
import { blocked, decided, notJudged, passed } from './judgement.js';
import { type Observed, obstacleOf } from './observed.js';

/** A verdict that a run was stopped short of, or that is only possible, is none to fail for. */
export function judgeVerdict(wanted: readonly VerdictKind[], { result }: Observed): Judgement {
  const { kind, confidence, summary } = result.verdict;
  const subject = { expectation: 'verdict', expected: wanted.join(' or ') };
  const values = { wanted: wanted.join(', ') };
  const found = `${kind} (${confidence}): ${summary}`;
  const obstacle = obstacleOf(result);
  // Who expects a host to be out of reach has been told so by the run; not where the DNS gave no host.
  const wasTried = result.mailHosts.length > 0;
  if (obstacle?.reason === 'unreachable' && wanted.includes('unreachable') && wasTried) {
    return passed(subject, found, values);
  }
  if (obstacle !== null) return blocked(subject, obstacle, values);
  // A greylister that knows the client or the sender lets it in at once: that shows no list, nor none.
  if (kind === 'accepted' && confidence !== 'confirmed' && wanted.includes('greylisted')) {
    if (!wanted.includes('accepted')) return notJudged(subject, 'let-in', found, values);
  }
  return decided(wanted.includes(kind), subject, found, values);
}

/** Here a low confidence is what fails; a run that was cut short is still not judged. */
export function judgeConfidence(least: Confidence, { result }: Observed): Judgement {
  const { kind, confidence } = result.verdict;
  const subject = { expectation: 'confidenceAtLeast', expected: `at least ${least}` };
  const values = { least };
  const obstacle = obstacleOf(result);
  if (obstacle !== null && obstacle.reason !== 'inconclusive') {
    return blocked(subject, obstacle, values);
  }
  const holds = RANKS[confidence] >= RANKS[least];
  return decided(holds, subject, `${confidence} (${kind})`, values);
}

const RANKS: Readonly<Record<Confidence, number>> = { possible: 1, likely: 2, confirmed: 3 };
