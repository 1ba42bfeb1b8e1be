import type { Stamp } from '../../model/time.js';
import { type Assessment, assess } from '../evidence/assess.js';
import { isVariant, variantsOf } from '../evidence/key.js';
import { sameHost } from '../evidence/same-host.js';
import { unusedSenders } from '../run/probe-senders.js';
import { openSession, type RunState, type TupleHistory } from '../run/state.js';
import { elapsedSeconds } from '../window/elapsed.js';
import { domainWanted, sendersUsed } from './fresh-senders.js';
import { connectionLead, transactionLead } from './lead.js';
import { stepAges } from './priors.js';
import type { PlannedSession } from './step.js';

/** A state with what the planner reads off it again and again. */
export interface PlanView {
  readonly state: RunState;
  readonly now: Stamp;
  readonly assessment: Assessment;
  /** From the turn that is planned now until a tuple meets the list. */
  readonly leadSeconds: number;
  /** Tuples of the pinned host with an answered first attempt, oldest first. */
  readonly planted: readonly Planted[];
}

export interface Planted {
  readonly history: TupleHistory;
  readonly firstReplied: Stamp;
  /** Lowest age that it can have when it is tried next, if its turn is now. */
  readonly ageSeconds: number;
  /**
   * Tried once, and deferred by the list: it proves its age whenever it is tried next. No variant of
   * it was tried either, which may be the same tuple to the host.
   */
  readonly leftAlone: boolean;
  /**
   * The session in which it was planted is over. Some servers refuse a tuple in that session whatever
   * its age.
   */
  readonly settled: boolean;
  readonly passed: boolean;
}

/** Reads off a state what the planner looks at. */
export function planViewOf(state: RunState, now: Stamp): PlanView {
  const open = openSession(state);
  const client = state.request.sourceAddresses[0] ?? null;
  const { helo } = state.request;
  const assessment = assess(state);
  const elsewhere = new Set(
    assessment.seen.flatMap((one) => (one.otherCause ? [one.attempt.n] : [])),
  );
  const varied = new Set(variantsOf(state).map(({ base }) => base.id));
  const leadSeconds =
    open === null
      ? connectionLead(state, assessment.pass === null ? 'climb' : 'verify')
      : transactionLead(state);
  const planted = [...state.histories.values()].flatMap((history) => {
    const answered = history.attempts.filter((one) => one.end !== null && one.end.reply !== null);
    const met = answered.find((one) => !elsewhere.has(one.n));
    const first = (met ?? answered[0])?.end;
    if (state.pinned === null || !sameHost(history.host, state.pinned)) return [];
    if (isVariant(state, history.tuple)) return [];
    // To the host, what was planted from another client address, or under another HELO name, may be
    // fresh here.
    if (history.tuple.client !== client || history.tuple.helo !== helo) return [];
    if (first === undefined || first === null) return [];
    const passed = history.attempts.some((attempt) => attempt.end?.outcome === 'accepted');
    return [
      {
        history,
        firstReplied: first.replied,
        ageSeconds: elapsedSeconds(first.replied, now).low + leadSeconds,
        leftAlone:
          history.attempts.length === 1 &&
          met !== undefined &&
          first.outcome === 'deferred' &&
          !varied.has(history.tuple.id),
        settled: history.attempts[0]?.session !== open,
        passed,
      },
    ];
  });
  return { state, now, assessment, leadSeconds, planted };
}

/** The tuple that began the measurement and is retried at each step. */
export function mainTuple(view: PlanView): Planted | null {
  const first = view.assessment.first;
  return view.planted.find((one) => one.history.tuple.id === first?.attempt.tuple.id) ?? null;
}

/** The ages at which this run looks. */
export function stepsOf(view: PlanView): readonly number[] {
  const { deferral, hypotheses } = view.assessment;
  return stepAges(view.state.request, deferral, hypotheses);
}

export function lastStep(view: PlanView): number {
  return stepsOf(view).at(-1) ?? 0;
}

/** Fresh senders that the pool can still give, of the kind that is measured. */
export function sendersRemaining(view: PlanView): number {
  const { request } = view.state;
  return unusedSenders(request.senders, sendersUsed(view.state), domainWanted(view.state));
}

/**
 * Ages beyond the pass that were asked for and not reached yet, ascending.
 * `60, 300, 7200 s asked for; the oldest tried at 60 s -> 300, 7200; the window has closed -> none`
 */
export function laterAges(view: PlanView): readonly number[] {
  const { request } = view.state;
  const reached = view.assessment.seen.reduce((oldest, one) => Math.max(oldest, one.age.low), 0);
  const closed = view.assessment.inference.closes.bySeconds;
  if (closed !== null) return [];
  return [...(request.retryAtSeconds ?? []), ...request.closingAgesSeconds]
    .filter((age) => age > reached)
    .sort((a, b) => a - b);
}

/** Tuples left alone so far, oldest first, without the one that is retried. */
export function othersLeftAlone(view: PlanView): readonly Planted[] {
  const main = mainTuple(view);
  return view.planted.filter((one) => one.leftAlone && one !== main);
}

/**
 * Tuples left alone that no later age needs; those keep the oldest.
 * `b, c, d left alone, one later age to come -> c, d`
 */
export function spareLeftAlone(view: PlanView): readonly Planted[] {
  const leftAlone = view.planted.filter((one) => one.leftAlone && one.settled);
  return leftAlone.slice(Math.min(laterAges(view).length, leftAlone.length));
}

/**
 * How many tuples to keep for ages that the user asked for beyond the pass.
 * `retries at 60, 300, 600 s, closing ages 7200, 14400 s; first one 60.1 s old -> 4`
 */
export function reserved(view: PlanView): number {
  const { retryAtSeconds, closingAgesSeconds } = view.state.request;
  return agesAhead(view, retryAtSeconds ?? []) + closingAgesSeconds.length;
}

/** How many of these ages the retried tuple has still before it. */
export function agesAhead(view: PlanView, ages: readonly number[]): number {
  const reached = mainTuple(view)?.ageSeconds ?? 0;
  return ages.filter((age) => age > reached).length;
}

/** Room for clock grain when a tuple is to be tried above an age. */
export const GRAIN_SECONDS = 1.2;

/** When to begin so that a tuple is tried at an age. */
export function dueAt(
  { leadSeconds }: PlanView,
  { firstReplied }: Planted,
  ageSeconds: number,
): NonNullable<PlannedSession['due']> {
  return { since: firstReplied, delaySeconds: Math.max(0, ageSeconds - leadSeconds) };
}
