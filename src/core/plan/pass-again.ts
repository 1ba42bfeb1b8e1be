import { openSession } from '../run/state.js';
import { hearsOnlyFirst } from './hang-up.js';
import { type Planted, type PlanView, sendersRemaining } from './plan-view.js';
import { controlsTellMore } from './planting.js';
import { plantedBeside } from './prove-edge.js';

/*
 * Several machines behind one address, each with a list of its own, can answer as one list would. Who has
 * passed is known to one of them: so some are tried again, in another connection.
 *
 * `250 at 303 s, then 4xx for the same tuple -> no single list`
 */

/** Tuples of so many plantings are to pass again: each tells one list from several behind one address. */
const KNOWN_WANTED = 3;

/** One that passed in an earlier connection, of a planting of which none was tried again since. */
export function nextKnown(view: PlanView): Planted | null {
  const { state, planted, assessment } = view;
  // Where an acceptance ends the connection, or delivers a message, each costs too much.
  if (state.request.stage !== 'rcpt' || hearsOnlyFirst(state) || !controlsTellMore(view))
    return null;
  if (sendersRemaining(view) === 0 || assessment.clientLetIn) return null;
  const again = new Set(
    assessment.seen.flatMap((one) => (one.passedBefore ? [one.attempt.tuple.id] : [])),
  );
  const checked = planted.filter((one) => again.has(one.history.tuple.id));
  if (checked.length >= KNOWN_WANTED) return null;
  const open = openSession(state);
  const known = planted.find(
    (one) =>
      one.passed &&
      one.history.attempts.every(({ session }) => session !== open) &&
      plantedBeside(one, checked) === 0,
  );
  return known ?? null;
}
