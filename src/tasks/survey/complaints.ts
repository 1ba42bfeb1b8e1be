import type { SurveyFinding } from '../../contract/survey-row.js';
import type { RunState } from '../../core/run/state.js';

const BLOCK_WORDS = /block[ -]?list|black[ -]?list|spamhaus|abuse|banned|\bRBL\b|\bDNSBL\b/iu;

/** Whether a host asked this run to stop, or says that it blocks this client. */
export function complains({ finished }: RunState, { class: found, reply }: SurveyFinding): boolean {
  if (finished?.reason === 'throttled' && finished.notAsked === undefined) return true;
  return found === 'reputation' && BLOCK_WORDS.test(reply ?? '');
}
