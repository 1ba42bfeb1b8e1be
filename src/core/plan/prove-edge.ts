import type { AgedObservation } from '../window/aged-observation.js';
import { REFUSALS_NEEDED } from '../window/infer.js';
import { LinkedSessions } from '../window/links.js';
import { mainTuple, type Planted, spareLeftAlone, type View } from './view.js';

/*
 * The lower edge counts once it is shown more than once, by a list that surely knew the tuples: see
 * `inferWindow`. Here is what is still to be tried for it.
 *
 * `of one planting: 4xx at 299 s and at 299.3 s, then 250 at 303.5 s; one of the first planting passes
 * in both connections -> more than 299 s`
 */

/** So many of one planting are refused and pass where a lower edge is proved. */
export const PROVES_AN_EDGE = REFUSALS_NEEDED + 1;

/** A bracket this narrow is worth no further wait. */
const GOOD_ENOUGH_RATIO = 0.04;

/** Where no refusal lies so near to the opening, those this near to the highest one make the edge. */
const NEAR_SECONDS = 1.5;

/** A tuple left alone, and the age at which it is to be tried. */
export interface Due {
  readonly tuple: Planted;
  readonly atAgeSeconds: number;
}

/** What is to be tried for the lower edge, now or soon; null where it is proved or cannot be. */
export function edgeTrial(view: View): Due | null {
  const { inference, observations } = view.assessment;
  const { opens, refusedUntil } = inference;
  if (opens.bySeconds === null || refusedUntil === null) return null;
  const { resolutionSeconds } = view.state.request;
  const from = opens.bySeconds - Math.max(resolutionSeconds, opens.bySeconds * GOOD_ENOUGH_RATIO);
  if ((opens.afterSeconds ?? 0) >= from) return null;
  const spare = spareLeftAlone(view);
  const oldEnough = opens.bySeconds;
  const edge = observations
    .filter(isRefusedLeftAlone)
    .filter(({ age }) => age.low >= Math.min(from, refusedUntil - NEAR_SECONDS))
    .sort((a, b) => b.age.low - a.age.low);
  const trials = edge.flatMap((refusal): readonly Due[] => {
    const siblings = spare.filter((one) => plantedIn(one) === refusal.planted);
    const [tuple] = siblings;
    if (tuple === undefined) return [];
    const { ageSeconds } = tuple;
    const isInside = ageSeconds < oldEnough;
    if (edge.length < REFUSALS_NEEDED && siblings.length > 1 && isInside) {
      return [{ tuple, atAgeSeconds: ageSeconds }];
    }
    if (hasPassedSince(refusal, observations)) return [];
    return [{ tuple, atAgeSeconds: Math.max(ageSeconds, oldEnough) }];
  });
  return trials.toSorted((a, b) => waitOf(a) - waitOf(b))[0] ?? null;
}

/** How long until a tuple has the age at which it is to be tried. */
export function waitOf({ tuple, atAgeSeconds }: Due): number {
  return atAgeSeconds - tuple.ageSeconds;
}

function isRefusedLeftAlone({ accepted, previousAge }: AgedObservation): boolean {
  return !accepted && previousAge === null;
}

/** One of the same planting passed later: the list knew the refused tuple too. */
function hasPassedSince(
  { planted, attempt }: AgedObservation,
  observations: readonly AgedObservation[],
): boolean {
  return observations.some(
    (one) =>
      one.accepted && one.previousAge === null && one.planted === planted && one.attempt > attempt,
  );
}

/**
 * A tuple that shows which list an open connection meets: what is tried in it counts only where one
 * passes that was planted with the first tuple of all, or beside others that met that list.
 */
export function anchor(view: View, session: number): Planted | null {
  const { inference, observations } = view.assessment;
  const { bySeconds } = inference.opens;
  const home = mainTuple(view)?.history.attempts[0]?.session;
  const alone = observations.filter((one) => one.previousAge === null);
  if (bySeconds === null || home === undefined) return null;
  const linked = new LinkedSessions(alone.filter((one) => one.accepted));
  if (linked.areLinked(session, home)) return null;
  const spare = spareLeftAlone(view);
  const old = spare
    .filter((one) => one.ageSeconds >= bySeconds)
    .toSorted((a, b) => siblingsOf(b, spare).length - siblingsOf(a, spare).length);
  return old.find((one) => linked.areLinked(plantedIn(one), home)) ?? null;
}

/** Planted with the tuple that began the measurement. */
export function isAtHome(view: View, tuple: Planted): boolean {
  const main = mainTuple(view);
  return main !== null && plantedIn(main) === plantedIn(tuple);
}

/** The last one of a planting that was refused: its pass makes those refusals count. */
export function isLastToProve(view: View, tuple: Planted): boolean {
  const planted = plantedIn(tuple);
  return (
    siblingsOf(tuple, spareLeftAlone(view)).length === 1 &&
    view.assessment.observations.some((one) => isRefusedLeftAlone(one) && one.planted === planted)
  );
}

/** Those that were first offered in one connection with a tuple, and the tuple itself. */
export function siblingsOf(tuple: Planted, among: readonly Planted[]): readonly Planted[] {
  return among.filter((one) => plantedIn(one) === plantedIn(tuple));
}

function plantedIn({ history }: Planted): number {
  return history.attempts[0]?.session ?? 0;
}
