import type { AgedObservation } from '../window/aged-observation.js';
import { type Planted, type PlanView, spareLeftAlone } from './plan-view.js';

/*
 * A refusal makes the lower edge where the list surely knew the tuple: one that was planted beside it
 * passes later. Here is the tuple that is still to pass for it.
 *
 * `planted in one connection: 4xx at 299 s, then 250 at 303 s -> more than 299 s`
 */

/** A tuple left alone, and the age at which it is to be tried: that it has, or will soon have. */
export interface Trial {
  readonly tuple: Planted;
  readonly atAgeSeconds: number;
}

/**
 * Who makes the highest refusal count that can; null where that is done, or nobody can.
 * `a, b planted together; 4xx for a at 59.9 s; it opens by 301 s -> b, at an age of 301 s`
 */
export function edgeWitness(view: PlanView): Trial | null {
  const { bySeconds } = view.assessment.inference.opens;
  const [tuple] = provable(view)?.witnesses ?? [];
  if (bySeconds === null || tuple === undefined) return null;
  return { tuple, atAgeSeconds: Math.max(bySeconds, tuple.ageSeconds) };
}

/**
 * The age up to which tuples left alone were refused, as far as that is proved or can be.
 * `4xx for b at 194.9 s and for d at 239.9 s; c, planted with b, is left, nobody with d -> 194.9 s`
 */
export function provableEdge(view: PlanView): number | null {
  return provable(view)?.age.low ?? null;
}

/** The highest refusal that counts, or that has someone left to make it count. */
function provable(view: PlanView): Provable | null {
  const { observations, inference } = view.assessment;
  const { bySeconds } = inference.opens;
  if (bySeconds === null) return null;
  const leftAlone = observations.filter(({ previousAge }) => previousAge === null);
  const refused = leftAlone
    .filter(({ accepted, age }) => !accepted && age.low < bySeconds)
    .sort((a, b) => b.age.low - a.age.low);
  const spare = spareLeftAlone(view);
  for (const refusal of refused) {
    if (hasPassedSince(refusal, leftAlone)) return { ...refusal, witnesses: [] };
    const witnesses = siblingsIn(refusal.planted, spare);
    if (witnesses.length > 0) return { ...refusal, witnesses };
  }
  return null;
}

interface Provable extends AgedObservation {
  /** Those whose pass would make it count; none where it counts. */
  readonly witnesses: readonly Planted[];
}

/** How long until a tuple has the age at which it is to be tried. */
export function waitOf({ tuple, atAgeSeconds }: Trial): number {
  return atAgeSeconds - tuple.ageSeconds;
}

function hasPassedSince(
  { planted, attempt }: AgedObservation,
  leftAlone: readonly AgedObservation[],
): boolean {
  return leftAlone.some((one) => one.accepted && one.planted === planted && one.attempt > attempt);
}

/** How many of the same planting, the tuple itself among them, are there. */
export function plantedBeside(tuple: Planted, among: readonly Planted[]): number {
  return siblingsIn(plantedIn(tuple), among).length;
}

/** The only one left whose pass would make the highest refusal count. */
export function isLastWitness(view: PlanView, tuple: Planted): boolean {
  const { witnesses } = provable(view) ?? { witnesses: [] };
  return witnesses.length === 1 && witnesses[0] === tuple;
}

function siblingsIn(planted: number, among: readonly Planted[]): readonly Planted[] {
  return among.filter((one) => plantedIn(one) === planted);
}

function plantedIn({ history }: Planted): number {
  return history.attempts[0]?.session ?? 0;
}
