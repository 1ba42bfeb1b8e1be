import { buildAdvice } from '../core/advice/advice.js';
import { sendersNamed } from '../core/advice/senders.js';
import { type Assessment, assess } from '../core/evidence/assess.js';
import type { SeenAttempt } from '../core/evidence/observations.js';
import { verdictOf } from '../core/evidence/verdict.js';
import { warningsOf } from '../core/evidence/warnings.js';
import { readWords } from '../core/evidence/words.js';
import { parseHint } from '../core/greylist/hints.js';
import type { Hint, Hypothesis } from '../core/greylist/hypothesis.js';
import type { ProbeRequest } from '../core/run/request.js';
import type { Attempt, RunState } from '../core/run/state.js';
import { elapsedSeconds } from '../core/window/elapsed.js';
import type { Stamp } from '../model/time.js';
import { keyResults } from './key-result.js';
import type { AcceptanceWindow, AttemptResult, ProbeResult } from './probe-result.js';

/** Everything a run has shown, in the form that scripts rely on. Pure. */
export function buildResult(state: RunState, version: string): ProbeResult {
  const assessment = assess(state);
  const verdict = verdictOf(state, assessment);
  const window = verdict.kind === 'greylisted' ? windowOf(assessment) : null;
  return {
    schema: 'greyprobe.probe-result.v1',
    run: state.run,
    version,
    startedAt: timestamp(state.started),
    finishedAt: state.finished === null ? null : timestamp(state.finished.at),
    state: state.finished !== null ? 'finished' : state.paused !== null ? 'paused' : 'running',
    reason: state.finished?.reason ?? state.paused?.reason ?? null,
    nextDueAt: nextDueAt(state),
    target: { recipient: state.request.recipient, domain: state.request.domain },
    ...askedFor(state.request),
    mailHosts: state.mailHosts ?? [],
    pinned: state.pinned,
    verdict,
    window,
    stated: statedIn(assessment),
    key: keyResults(state, assessment),
    attempts: attemptResults(state, assessment),
    advice: adviceFor(window, assessment, state.request),
    connections: state.sessions.length,
    warnings: warningsOf(state, assessment, verdict.kind),
  };
}

function askedFor({ resolver, forSenders }: ProbeRequest): Pick<ProbeResult, 'resolver' | 'for'> {
  return {
    ...(resolver === undefined ? {} : { resolver }),
    ...(forSenders === undefined ? {} : { for: [...forSenders] }),
  };
}

function timestamp(stamp: Stamp): string {
  return new Date(stamp.wallMs).toISOString();
}

function nextDueAt(state: RunState): string | null {
  const dueWallMs = state.paused?.dueWallMs ?? null;
  return dueWallMs === null ? null : new Date(dueWallMs).toISOString();
}

/** The window that a run of a host that greylists has shown. Null where nothing is known of either edge. */
export function windowOf({ inference }: Assessment): AcceptanceWindow | null {
  const { opens, closes } = inference;
  const bounds = [opens.afterSeconds, opens.bySeconds, closes.afterSeconds, closes.bySeconds];
  if (bounds.every((bound) => bound === null)) return null;
  return {
    opens: { afterSeconds: tidy(opens.afterSeconds), bySeconds: tidy(opens.bySeconds) },
    closes: { afterSeconds: tidy(closes.afterSeconds), bySeconds: tidy(closes.bySeconds) },
  };
}

/** To the millisecond: clocks tell no more. */
function tidy(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000) / 1000;
}

function adviceFor(
  window: AcceptanceWindow | null,
  assessment: Assessment,
  { domain, forSenders }: ProbeRequest,
): ProbeResult['advice'] {
  if (window === null || window.opens.bySeconds === null) return null;
  const restartsTimer = assessment.inference.earlyRetryHarms === true;
  const senders = sendersNamed([...(forSenders ?? []), 'common'].join(','));
  return buildAdvice(window, { restartsTimer, domain, senders });
}

/** The waiting time that the server states, read with all its replies beside each other. */
function statedIn(assessment: Assessment): ProbeResult['stated'] {
  const hints = [...hintsByAttempt(assessment.seen).values()];
  const first = hints[0];
  if (first === undefined) return null;
  const told = hints.find((hint) => hint.meaning !== 'unknown') ?? first;
  return { seconds: first.seconds, meaning: told.meaning, words: first.words };
}

function hintsByAttempt(seen: readonly SeenAttempt[]): ReadonlyMap<number, Hint> {
  const hints = new Map<number, Hint>();
  const lastOfTuple = new Map<string, { hint: Hint; at: Stamp }>();
  for (const { attempt, end } of seen) {
    if (end.reply === null || end.outcome !== 'deferred') continue;
    const last = lastOfTuple.get(attempt.tuple.id);
    const previous =
      last === undefined
        ? null
        : { hint: last.hint, elapsedSeconds: elapsedSeconds(last.at, end.replied).high };
    const hint = parseHint(end.reply, { nowMs: end.replied.wallMs, previous });
    if (hint === null) continue;
    hints.set(attempt.n, hint);
    lastOfTuple.set(attempt.tuple.id, { hint, at: end.replied });
  }
  return hints;
}

function attemptResults(state: RunState, assessment: Assessment): AttemptResult[] {
  const seen = new Map(assessment.seen.map((one) => [one.attempt.n, one]));
  const hints = hintsByAttempt(assessment.seen);
  return state.attempts.map((attempt) =>
    attemptResult(attempt, seen.get(attempt.n) ?? null, hints.get(attempt.n) ?? null),
  );
}

function attemptResult(
  attempt: Attempt,
  seen: SeenAttempt | null,
  hint: Hint | null,
): AttemptResult {
  const { end } = attempt;
  const age = ageOf(seen);
  return {
    n: attempt.n,
    session: attempt.session,
    host: attempt.host,
    tuple: attempt.tuple,
    role: attempt.role,
    at: timestamp(attempt.started),
    ageSeconds: age === null ? null : [tidy(age.low) ?? 0, tidy(age.high) ?? 0],
    stage: end?.stage ?? 'connect',
    reply: end?.reply ?? null,
    error: end === null ? UNFINISHED : end.failure,
    outcome: end?.outcome ?? 'failed',
    class: classOf(end === null ? [] : readWords({ end }), end?.outcome ?? 'failed'),
    hint,
  };
}

/** Null for the first attempt of a tuple, which has none yet, and where the clocks do not tell. */
function ageOf(seen: SeenAttempt | null): SeenAttempt['age'] | null {
  if (seen === null) return null;
  const triedBefore = seen.aged !== null || (seen.otherCause && seen.age.high > 0);
  return triedBefore && Number.isFinite(seen.age.high) ? seen.age : null;
}

const UNFINISHED = {
  code: 'interrupted',
  message: 'greyprobe was stopped before the answer came.',
} as const;

function classOf(
  hypotheses: readonly Hypothesis[],
  outcome: AttemptResult['outcome'],
): AttemptResult['class'] {
  if (outcome !== 'deferred' && outcome !== 'rejected') return null;
  return hypotheses[0]?.class ?? 'unknown';
}
