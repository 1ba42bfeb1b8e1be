import type { CheckValues, Judgement } from '../../contract/check-result.js';
import type { Obstacle } from './observed.js';

/** What one expectation is about: its name and what was expected, in words. */
export interface Subject {
  readonly expectation: string;
  readonly expected: string;
}

export function passed(subject: Subject, found: string, values: CheckValues = {}): Judgement {
  return { ...subject, outcome: 'passed', found, reason: null, values };
}

export function failed(subject: Subject, found: string, values: CheckValues = {}): Judgement {
  return { ...subject, outcome: 'failed', found, reason: null, values };
}

export function decided(
  holds: boolean,
  subject: Subject,
  found: string,
  values: CheckValues = {},
): Judgement {
  return holds ? passed(subject, found, values) : failed(subject, found, values);
}

/** Neither passed nor failed; `reason` is one word for scripts. */
export function notJudged(
  subject: Subject,
  reason: string,
  found: string,
  values: CheckValues = {},
): Judgement {
  return { ...subject, outcome: 'not-judged', found, reason, values };
}

export function blocked(
  subject: Subject,
  { reason, says }: Obstacle,
  values: CheckValues = {},
): Judgement {
  return notJudged(subject, reason, says, values);
}
