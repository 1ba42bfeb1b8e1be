import { type Planted, type PlanView, spareLeftAlone } from './plan-view.js';

/*
 * One refusal makes no edge: something else than the list may have refused. So another tuple of nearly its
 * age is tried, best one that was planted beside it.
 *
 * `4xx at 299.0 s, then 4xx at 299.4 s for one planted beside it -> more than 299.0 s`
 */

/** Lower edges that differ by less than this, or by this part of the opening, are one. */
const EDGE_TOLERANCE_SECONDS = 1.5;
const EDGE_TOLERANCE_RATIO = 0.005;

/** The tuple to try beside the highest refusal; null where another one is near enough, or none is left. */
export function edgeSecond(view: PlanView): Planted | null {
  const { opens, proved, refusals } = view.assessment.inference;
  const { bySeconds } = opens;
  const [highest, next = 0] = refusals;
  if (highest === undefined || bySeconds === null) return null;
  const second = proved ? Math.max(next, opens.afterSeconds ?? 0) : next;
  const tolerance = edgeTolerance(bySeconds);
  if (highest - second <= tolerance) return null;
  const away = (one: Planted) => Math.abs(one.ageSeconds - highest);
  // One that is nearer to the opening than to the refusal may well pass.
  const most = (highest + bySeconds) / 2;
  const [nearest] = spareLeftAlone(view)
    .filter((one) => one.ageSeconds > second + tolerance && one.ageSeconds < most)
    .toSorted((a, b) => away(a) - away(b));
  return nearest ?? null;
}

/** How exactly a lower edge need be known. */
export function edgeTolerance(bySeconds: number): number {
  return Math.max(EDGE_TOLERANCE_SECONDS, bySeconds * EDGE_TOLERANCE_RATIO);
}

/** How many of the same planting, the tuple itself among them, are there. */
export function plantedBeside(tuple: Planted, among: readonly Planted[]): number {
  return among.filter((one) => plantedIn(one) === plantedIn(tuple)).length;
}

function plantedIn({ history }: Planted): number {
  return history.attempts[0]?.session ?? 0;
}
