import type { MailHost, PinnedHost, Warning } from '../../model/mail-host.js';
import type { SessionFacts } from '../../model/ports/dialer.js';
import type { Failure, Outcome, Reply, Stage } from '../../model/smtp.js';
import type { Stamp } from '../../model/time.js';
import type { Role, Tuple } from '../../model/tuple.js';
import type { HostsFailed, ProbeEvent, RunFinished, RunPaused, RunStarted } from './events.js';
import type { ProbeRequest } from './request.js';
import { limitsSession } from './session-limit.js';

/** How an attempt ended. Exactly one of `reply` and `failure` is set. */
export interface AttemptEnd {
  readonly stage: Stage;
  readonly reply: Reply | null;
  readonly failure: Failure | null;
  readonly sent: Stamp;
  readonly replied: Stamp;
  readonly outcome: Outcome;
}

export interface Attempt {
  readonly n: number;
  readonly session: number;
  readonly host: PinnedHost;
  readonly tuple: Tuple;
  readonly role: Role;
  readonly started: Stamp;
  /** Null while it goes on, and for ever when the process was killed in its middle. */
  end: AttemptEnd | null;
}

export interface SessionRecord {
  readonly n: number;
  readonly host: PinnedHost;
  readonly sourceAddress: string | null;
  readonly started: Stamp;
  readonly dueMonotonicMs: number | null;
  readonly purpose: string;
  facts: SessionFacts | null;
  ended: Stamp | null;
  /** The 421 with which the host ended it, where that was the answer to no command of ours. */
  unasked: Reply | null;
}

/** A tuple with its attempts at one host, oldest first. Greylist state belongs to the host's address. */
export interface TupleHistory {
  readonly tuple: Tuple;
  readonly host: PinnedHost;
  readonly attempts: readonly Attempt[];
}

/** Everything known of a run: the fold of its events. Read-only for all but `applyEvent`. */
export interface RunState {
  readonly run: string;
  readonly request: ProbeRequest;
  readonly started: Stamp;
  readonly segment: number;
  /** The boot whose monotonic clock the last segment counts by; null where that is not known. */
  readonly boot: string | null;
  readonly lastAt: Stamp;
  readonly mailHosts: readonly MailHost[] | null;
  readonly hostsFailed: HostsFailed | null;
  readonly pinned: PinnedHost | null;
  readonly sessions: readonly SessionRecord[];
  readonly attempts: readonly Attempt[];
  /** By host address, port and tuple id. */
  readonly histories: ReadonlyMap<string, TupleHistory>;
  readonly paused: RunPaused | null;
  readonly finished: RunFinished | null;
  readonly warnings: readonly Warning[];
}

interface MutableHistory extends TupleHistory {
  readonly attempts: Attempt[];
}

/** The same, as the fold writes it. */
interface Draft extends RunState {
  segment: number;
  boot: string | null;
  lastAt: Stamp;
  mailHosts: readonly MailHost[] | null;
  hostsFailed: HostsFailed | null;
  pinned: PinnedHost | null;
  readonly sessions: SessionRecord[];
  readonly attempts: Attempt[];
  readonly histories: Map<string, MutableHistory>;
  paused: RunPaused | null;
  finished: RunFinished | null;
  readonly warnings: Warning[];
}

/**
 * Folds events into a state, one after the other. The state is one object that grows: a copy per
 * event would make long journals quadratic. Throws a RangeError when the events are out of order.
 */
export class RunFold {
  #draft: Draft | null = null;

  /** Goes on from a state that nobody else holds any more: it is this fold's from now on. */
  static from(state: RunState): RunFold {
    if (!isDraft(state)) throw new RangeError('no state of a run');
    const fold = new RunFold();
    fold.#draft = state;
    return fold;
  }

  get state(): RunState | null {
    return this.#draft;
  }

  apply(event: ProbeEvent): RunState {
    if (event.type === 'run-started') {
      if (this.#draft !== null) throw new RangeError('a run starts once');
      this.#draft = emptyState(event);
      return this.#draft;
    }
    const draft = this.#draft;
    if (draft === null) throw new RangeError(`'${event.type}' before the run started`);
    applyEvent(draft, event);
    draft.lastAt = event.at;
    draft.segment = event.at.segment;
    return draft;
  }
}

/** The number of the session that is under way; null where none is. */
export function openSession({ sessions }: RunState): number | null {
  const last = sessions.at(-1);
  return last?.ended === null ? last.n : null;
}

/** The state after all of the events, or null when there are none. */
export function foldEvents(events: Iterable<ProbeEvent>): RunState | null {
  const fold = new RunFold();
  for (const event of events) fold.apply(event);
  return fold.state;
}

function isDraft(state: RunState): state is Draft {
  return Array.isArray(state.attempts) && state.histories instanceof Map;
}

function emptyState({ run, request, at, boot }: RunStarted): Draft {
  return {
    run,
    request,
    started: at,
    segment: at.segment,
    boot: boot ?? null,
    lastAt: at,
    mailHosts: null,
    hostsFailed: null,
    pinned: null,
    sessions: [],
    attempts: [],
    histories: new Map(),
    paused: null,
    finished: null,
    warnings: [],
  };
}

function applyEvent(draft: Draft, event: Exclude<ProbeEvent, { type: 'run-started' }>): void {
  switch (event.type) {
    case 'run-resumed':
      draft.paused = null;
      draft.boot = event.boot ?? null;
      draft.warnings.push(...event.warnings);
      return;
    case 'hosts-resolved':
      draft.mailHosts = event.mailHosts;
      draft.warnings.push(...event.warnings);
      return;
    case 'hosts-failed':
      draft.hostsFailed = event;
      return;
    case 'host-pinned':
      draft.pinned = event.host;
      return;
    case 'session-started':
      draft.sessions.push({
        n: event.session,
        host: event.host,
        sourceAddress: event.sourceAddress,
        started: event.at,
        dueMonotonicMs: event.dueMonotonicMs,
        purpose: event.purpose,
        facts: null,
        ended: null,
        unasked: null,
      });
      return;
    case 'session-opened':
      sessionOf(draft, event.session).facts = event.facts;
      return;
    case 'session-ended': {
      const session = sessionOf(draft, event.session);
      session.ended = event.at;
      session.unasked = event.unasked ?? null;
      return;
    }
    case 'attempt-started': {
      const attempt: Attempt = {
        n: event.n,
        session: event.session,
        host: sessionOf(draft, event.session).host,
        tuple: event.tuple,
        role: event.role,
        started: event.at,
        end: null,
      };
      draft.attempts.push(attempt);
      addToHistory(draft, attempt);
      return;
    }
    case 'attempt-finished': {
      const attempt = draft.attempts[event.n - 1];
      if (attempt === undefined) throw new RangeError(`attempt ${event.n} never started`);
      const { stage, sent, replied } = event;
      const { reply, failure } = answerOf(draft, attempt, event);
      attempt.end = { stage, reply, failure, sent, replied, outcome: outcomeOf(reply) };
      return;
    }
    case 'run-paused':
      draft.paused = event;
      return;
    case 'run-finished':
      draft.paused = null;
      draft.finished = event;
      return;
  }
}

/** A refusal of the session is no answer about the tuple: it counts as a failure, and says why. */
function answerOf(
  { attempts }: Draft,
  { n, session, tuple }: Attempt,
  { reply, failure, stage }: Pick<AttemptEnd, 'reply' | 'failure' | 'stage'>,
): Pick<AttemptEnd, 'reply' | 'failure'> {
  const { session: earlierSession, tuple: earlierTuple, end } = attempts[n - 2] ?? {};
  const follows =
    session === earlierSession &&
    tuple.recipient === earlierTuple?.recipient &&
    (end?.outcome === 'deferred' || end?.outcome === 'accepted');
  if (reply === null || !follows || !limitsSession(reply, stage)) return { reply, failure };
  const said = [reply.code, reply.enhanced, ...reply.text].filter((one) => one !== null).join(' ');
  const message = `The host refused a further transaction of the connection: "${said}".`;
  return { reply: null, failure: { code: 'session-limit', message } };
}

function sessionOf(draft: Draft, n: number): SessionRecord {
  const session = draft.sessions[n - 1];
  if (session === undefined) throw new RangeError(`session ${n} never started`);
  return session;
}

function addToHistory(draft: Draft, attempt: Attempt): void {
  const { host, tuple } = attempt;
  const key = `${host.address} ${host.port} ${tuple.id}`;
  const known = draft.histories.get(key);
  if (known === undefined) draft.histories.set(key, { tuple, host, attempts: [attempt] });
  else known.attempts.push(attempt);
}

/** RFC 5321 §4.2.1: 2yz and 3yz go on, 4yz is for now, 5yz is for good. */
function outcomeOf(reply: Reply | null): Outcome {
  if (reply === null) return 'failed';
  if (reply.code < 400) return 'accepted';
  return reply.code < 500 ? 'deferred' : 'rejected';
}
