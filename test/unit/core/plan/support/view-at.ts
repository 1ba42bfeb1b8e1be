import { type View, viewOf } from '../../../../../src/core/plan/view.js';
import type { ProbeRequest } from '../../../../../src/core/run/request.js';
import { shortStory } from '../../run/support/short-story.js';
import { stamp } from '../../run/support/story.js';

/** What the plan sees at this second of a run that is told in short. */
export function viewAt(
  seconds: number,
  lines: readonly string[],
  changes: Partial<ProbeRequest> = {},
): View {
  return viewOf(shortStory(lines, changes), stamp(seconds * 1000));
}
