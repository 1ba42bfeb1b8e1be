import type { Attempt } from '../run/state.js';
import {
  agesAhead,
  lastStep,
  mainTuple,
  othersLeftAlone,
  type Planted,
  type PlanView,
  reserved,
  sendersRemaining,
  stepsOf,
} from './plan-view.js';
import { PURPOSES } from './purposes.js';
import type { PlannedTransaction } from './step.js';

/** Tuples to plant at the start when the first retry is some time away. */
const EARLY_PLANTS = 8;

const TIME_TO_PLANT_SECONDS = 3;

/** Spare tuples to keep beyond those that later ages will use. */
const SPARE_PLANTS = 10;

/**
 * Before a first retry that is some time away, more tuples of nearly its age can be planted.
 * `first one 0.9 s old, first step at 4.1 s -> yes; at 3.8 s -> no: there is no time left`
 */
export function wantsEarlyPlants(view: PlanView, main: Planted, nextAgeSeconds: number): boolean {
  if (view.state.sessions.some((one) => one.purpose === PURPOSES.plant)) return false;
  return (
    main.history.attempts.length === 1 &&
    nextAgeSeconds - main.ageSeconds > TIME_TO_PLANT_SECONDS &&
    othersLeftAlone(view).length < EARLY_PLANTS &&
    canPlant(view) &&
    controlsTellMore(view)
  );
}

/** One more fresh tuple, unless the host lets them pass. */
export function plantTransaction(
  view: PlanView,
  done: readonly Attempt[],
): PlannedTransaction | null {
  const { outcome } = done.at(-1)?.end ?? {};
  if (outcome === 'accepted' || !canPlant(view)) return null;
  return { tuple: 'fresh', role: 'control' };
}

/**
 * How many fresh tuples are wanted now. Early in the run each step plants some: after the pass, those
 * that were planted within so much of the run lie between its last two steps. Later ones serve only the
 * ages that were asked for.
 * Last step at 3600 s: 8 at each connection until 720 s; then what later ages will use, and 10.
 */
export function plantsWanted(view: PlanView): number {
  const main = mainTuple(view);
  if (main === null) return 0;
  if (main.ageSeconds <= lastStep(view) * PLANTED_WITHIN_RATIO) return EARLY_PLANTS;
  return reserved(view) + SPARE_PLANTS - othersLeftAlone(view).length;
}

/** The ladder's steps lie so far apart, in parts of the age. */
const PLANTED_WITHIN_RATIO = 0.2;

/**
 * Senders for the controls of all steps ahead come first.
 * `steps at 10, 20 and 30 s; 4 senders left -> one can be planted; 3 left -> none`
 */
export function canPlant(view: PlanView): boolean {
  return sendersRemaining(view) > agesAhead(view, stepsOf(view));
}

/**
 * A host that answers before MAIL ends the session: only one tuple can be shown to it. And where a
 * control has passed already, another one tells nothing new.
 * `4xx to RCPT -> yes; 4xx to HELO, or 421 to RCPT -> no; a fresh one was let in -> no`
 */
export function controlsTellMore(view: PlanView): boolean {
  const { first, letsAllIn } = view.assessment;
  const stage = first?.end.stage;
  if (stage === 'connect' || stage === 'helo' || stage === 'starttls') return false;
  if (first?.end.reply?.code === 421) return false;
  return !letsAllIn;
}
