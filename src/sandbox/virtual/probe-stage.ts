import type { ProbeStage } from '../../model/smtp.js';
import type { GreylisterPolicy } from '../greylister-policy.js';

/** The least that a probe must go to so that it meets the deferral of a greylister. */
export function stageThatShows({ stage }: Pick<GreylisterPolicy, 'stage'>): ProbeStage {
  return stage === 'data' || stage === 'message' ? stage : 'rcpt';
}
