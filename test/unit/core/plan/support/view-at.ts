import { type PlanView, planViewOf } from '../../../../../src/core/plan/plan-view.js';
import type { PlannedTransaction } from '../../../../../src/core/plan/step.js';
import type { ProbeRequest } from '../../../../../src/core/run/request.js';
import type { Attempt } from '../../../../../src/core/run/state.js';
import { shortStory } from '../../run/support/short-story.js';
import { stamp } from '../../run/support/story.js';

/** What the plan sees at this second of a run that is told in short. */
export function viewAt(
  seconds: number,
  lines: readonly string[],
  changes: Partial<ProbeRequest> = {},
): PlanView {
  return planViewOf(shortStory(lines, changes), stamp(seconds * 1000));
}

/** What follows in the last of these connections, a moment after it was begun: `confirm t2`, or `none`. */
export function nextInLast(
  transaction: (view: PlanView, done: readonly Attempt[]) => PlannedTransaction | null,
  lines: readonly string[],
  changes: Partial<ProbeRequest> = {},
): string {
  const began = Number.parseFloat(lines.at(-1) ?? '');
  const view = viewAt(began + 0.8, lines, changes);
  const done = view.state.attempts.filter((one) => one.session === lines.length);
  const found = transaction(view, done);
  if (found === null) return 'none';
  const { tuple, role } = found;
  if (tuple === 'fresh') return `${role} fresh`;
  return `${role} ${'id' in tuple ? tuple.id : `${tuple.part} of ${tuple.of.id}`}`;
}
