import { type GreyprobeError, usageError } from '../../model/errors.js';
import type { HostOrigin, MailHost, PinnedHost, Warning } from '../../model/mail-host.js';
import type { Clock } from '../../model/ports/clock.js';
import {
  type Dialer,
  dialRequest,
  type Rest,
  type Session,
  type Whom,
} from '../../model/ports/dialer.js';
import type { Random } from '../../model/ports/random.js';
import type { Due, Visit, Visits } from '../../model/ports/visits.js';
import type { TransactionEnd } from '../../model/smtp.js';
import type { ClockReading, Stamp } from '../../model/time.js';
import type { Tuple } from '../../model/tuple.js';
import { secondsUntilPolite } from '../manners/of-run.js';
import { visitsHere } from '../manners/visits-here.js';
import { freshSender } from '../plan/fresh-senders.js';
import { decide, nextTransaction } from '../plan/planner.js';
import type { PlannedSession, PlannedTransaction } from '../plan/step.js';
import { clocksDisagree, mostElapsed } from '../window/elapsed.js';
import type { ProbeEvent, RunFinished, RunPaused } from './events.js';
import { messageFor } from './probe-message.js';
import type { ProbeRequest } from './request.js';
import { RunFold, type RunState } from './state.js';

/** Where the mail of a request goes: the hosts, or why there is none. */
export type Located =
  | {
      readonly kind: 'hosts';
      readonly hosts: readonly MailHost[];
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: 'no-mail-service' | 'dns-failure'; readonly error: GreyprobeError };

/** The world of a run. The core never imports these; they come in here. */
export interface ProbePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly dialer: Dialer;
  /** Who makes the visits; absent: this process, by the dialer. */
  readonly visits?: Visits;
  /**
   * Finds the mail hosts of a request. What the DNS answers is an outcome; rejects only with `signal`,
   * or for a fault of its own.
   */
  readonly locate: (request: ProbeRequest, signal?: AbortSignal) => Promise<Located>;
}

/** Who is told, and how long to go on. */
export interface ProbeOptions {
  /**
   * Keeps the event: what it resolves with is waited for before anything else happens in the world. A
   * throw or a rejection ends the run.
   */
  readonly keep?: (event: ProbeEvent) => void | Promise<void>;
  /** Sees each event once it was handed to `keep`, with the state that includes it. */
  readonly onEvent?: (event: ProbeEvent, state: RunState) => void;
  /** Called before a wait, with the time at which it ends and how long that is from now. */
  readonly onWait?: (
    planned: PlannedSession,
    dueMonotonicMs: number,
    state: RunState,
    waitMs: number,
  ) => void;
  /** Aborted: the run says QUIT, pauses and returns. */
  readonly signal?: AbortSignal;
  /** Do what is due, then pause instead of waiting. */
  readonly noWait?: boolean;
}

/**
 * Begins a run and drives it until it finishes or pauses. Throws `deliver-not-given` where the
 * request would send messages and `deliver` does not say so as well.
 */
export async function startRun(
  run: string,
  request: ProbeRequest,
  ports: ProbePorts,
  options: ProbeOptions = {},
): Promise<RunState> {
  refuseUnaskedDelivery(request);
  const driver = new RunDriver(ports, options, 0, new RunFold());
  driver.emit({ type: 'run-started', at: driver.stamp(), run, ...bootOf(ports), request });
  return driver.drive();
}

/** Takes up a run from its events and drives it on. A finished run is returned as it is. */
export async function resumeRun(
  events: Iterable<ProbeEvent>,
  ports: ProbePorts,
  options: ProbeOptions & { readonly warnings?: readonly Warning[] } = {},
): Promise<RunState> {
  const fold = new RunFold();
  for (const event of events) fold.apply(event);
  const { state } = fold;
  if (state === null) throw new RangeError('a run without events cannot be resumed');
  if (state.finished !== null) return state;
  refuseUnaskedDelivery(state.request);
  const driver = new RunDriver(ports, options, state.segment + 1, fold);
  const warnings = options.warnings ?? [];
  driver.emit({ type: 'run-resumed', at: driver.stamp(), ...bootOf(ports), warnings });
  return driver.drive();
}

/** Where a run stands after a visit. */
export interface Visited {
  readonly state: RunState;
  /** When it wants to be visited again, on the monotonic clock; null: it has ended, or was stopped. */
  readonly dueMs: number | null;
}

/**
 * Does what is due in a run, of which nothing else has to be held meanwhile but its fold, and says when
 * to come again: for those who drive many runs. An interrupted visit leaves the run as a kill would,
 * after QUIT.
 */
export async function visitRun(
  fold: RunFold,
  ports: ProbePorts,
  options: ProbeOptions = {},
): Promise<Visited> {
  const { state } = fold;
  if (state !== null && state.finished !== null) return { state, dueMs: null };
  return driverOf(fold, ports, options).visit();
}

/** Begins a run for `visitRun`, which makes its first visit. */
export function beginRunFold(
  run: string,
  request: ProbeRequest,
  ports: ProbePorts,
  options: ProbeOptions,
): RunFold {
  refuseUnaskedDelivery(request);
  const fold = new RunFold();
  const driver = new RunDriver(ports, options, 0, fold);
  driver.emit({ type: 'run-started', at: driver.stamp(), run, ...bootOf(ports), request });
  return fold;
}

/** Goes on with a run of another process, for `visitRun`. */
export function resumeRunFold(
  fold: RunFold,
  ports: ProbePorts,
  options: ProbeOptions & { readonly warnings?: readonly Warning[] },
): RunFold {
  const driver = new RunDriver(ports, options, (fold.state?.segment ?? 0) + 1, fold);
  const { warnings = [] } = options;
  driver.emit({ type: 'run-resumed', at: driver.stamp(), ...bootOf(ports), warnings });
  return fold;
}

/** Leaves a run that was visited to a later process, and says so in it. */
export function pauseRunFold(
  fold: RunFold,
  ports: ProbePorts,
  options: ProbeOptions,
  reason: RunPaused['reason'],
): Promise<RunState> {
  return driverOf(fold, ports, options).pause(reason);
}

/** Ends a run that nobody goes on with. */
export async function endRunFold(
  fold: RunFold,
  ports: ProbePorts,
  options: ProbeOptions,
): Promise<RunState> {
  return driverOf(fold, ports, options).finish('waited-long-enough');
}

/** Takes over from another driver of this process. */
function driverOf(fold: RunFold, ports: ProbePorts, options: ProbeOptions): RunDriver {
  const { state } = fold;
  if (state === null) throw new RangeError('a run without events cannot be gone on with');
  return new RunDriver(ports, options, state.segment, fold, state.lastAt);
}

function bootOf({ clock: { boot = null } }: ProbePorts): { readonly boot?: string } {
  return boot === null ? {} : { boot };
}

/** Real messages are sent only where they were asked for twice, by the stage and by `deliver`. */
function refuseUnaskedDelivery({ stage, deliver }: ProbeRequest): void {
  if (stage !== 'message' || deliver) return;
  throw usageError(
    'deliver-not-given',
    'The stage "message" sends real messages, and deliver was not given.',
    'Give it if the recipient may get them, or use the stage "data".',
  );
}

/** Waits shorter than this are not worth a pause under `noWait`. */
const WORTH_A_PAUSE_SECONDS = 3;

/** Clocks are read one after the other, and the wall clock in whole milliseconds. */
const WORTH_A_WORD_MS = 20;

/** How soon it is noticed that the machine slept: then a connection may be due already. */
const LOOK_AGAIN_MS = 60_000;

class RunDriver {
  readonly #ports: ProbePorts;
  readonly #visits: Visits;
  readonly #options: ProbeOptions;
  readonly #segment: number;
  readonly #fold: RunFold;
  /** How far the clocks had moved apart before this process, and where they stood when it began. */
  readonly #apartBeforeMs: number;
  #offsetAtFirstMs: number | null = null;
  readonly #order: Pick<Stamp, 'clock' | 'timeLostAt'>;
  /** Others were faster: not before then, on the monotonic clock. */
  #laterMs = 0;
  /** Until all events are kept. */
  #kept: Promise<void> | void = undefined;

  /** `before`: the last moment of the run in this process, where another driver had it. */
  constructor(
    ports: ProbePorts,
    options: ProbeOptions,
    segment: number,
    fold: RunFold,
    before: Stamp | null = null,
  ) {
    this.#ports = ports;
    this.#visits = ports.visits ?? visitsHere(ports.dialer);
    this.#options = options;
    this.#segment = segment;
    this.#fold = fold;
    this.#apartBeforeMs = fold.state?.lastAt.apartMs ?? 0;
    if (before !== null) {
      this.#offsetAtFirstMs = before.wallMs - before.monotonicMs;
      this.#order = orderOf(before);
    } else {
      this.#order = fold.state === null ? {} : this.#orderAfter(fold.state);
    }
  }

  /** How the stamps of this process compare with those before it. */
  #orderAfter({ boot, lastAt }: RunState): Pick<Stamp, 'clock' | 'timeLostAt'> {
    const { clock } = this.#ports;
    const lost = lastAt.timeLostAt === undefined ? {} : { timeLostAt: lastAt.timeLostAt };
    if (boot !== null && boot === clock.boot) {
      this.#offsetAtFirstMs = lastAt.wallMs - lastAt.monotonicMs;
      return { clock: lastAt.clock ?? lastAt.segment, ...lost };
    }
    const { wallMs } = clock.read();
    return wallMs < lastAt.wallMs ? { timeLostAt: wallMs } : lost;
  }

  stamp(reading: ClockReading = this.#ports.clock.read()): Stamp {
    const { monotonicMs, wallMs } = reading;
    const offsetMs = wallMs - monotonicMs;
    this.#offsetAtFirstMs ??= offsetMs;
    const apartMs = Math.round(this.#apartBeforeMs + offsetMs - this.#offsetAtFirstMs);
    const stamp = { segment: this.#segment, monotonicMs, wallMs, ...this.#order };
    return Math.abs(apartMs) < WORTH_A_WORD_MS ? stamp : { ...stamp, apartMs };
  }

  emit(event: ProbeEvent): RunState {
    this.#keep(event);
    const state = this.#fold.apply(event);
    this.#options.onEvent?.(event, state);
    return state;
  }

  /** An answer was given, though it could not be kept: whoever shows the state shows it too. */
  #keep(event: ProbeEvent): void {
    try {
      const kept = this.#options.keep?.(event);
      // Told where it is waited for: the last one, since none is kept after one that was not.
      kept?.catch(() => {});
      this.#kept = kept;
    } catch (error) {
      if (event.type === 'attempt-finished') this.#fold.apply(event);
      throw error;
    }
  }

  get #state(): RunState {
    const { state } = this.#fold;
    if (state === null) throw new RangeError('the run has not started');
    return state;
  }

  get #interrupted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async drive(): Promise<RunState> {
    await this.#kept;
    if (this.#state.mailHosts === null && this.#state.hostsFailed === null) await this.#locate();
    while (!this.#interrupted) {
      const decision = decide(this.#state, this.stamp());
      if (decision.kind === 'finish') return this.finish(decision.reason);
      const others = this.#othersAt(decision.host);
      if (others.rest !== null) return this.#leaveAlone(decision.host, others.rest);
      const dueMonotonicMs = this.#dueMonotonicMs(decision, others);
      const waitMs = dueMonotonicMs - this.#ports.clock.read().monotonicMs;
      if (this.#options.noWait === true && waitMs > WORTH_A_PAUSE_SECONDS * 1000) {
        return this.pause('not-yet');
      }
      const waited = await this.#waitUntil(decision, dueMonotonicMs);
      if (waited === 'interrupted') break;
      const ended = waited === 'due' ? await this.#connect(decision, dueMonotonicMs) : null;
      if (ended !== null) return ended;
    }
    return this.pause('interrupted');
  }

  async visit(): Promise<Visited> {
    if (this.#state.mailHosts === null && this.#state.hostsFailed === null) await this.#locate();
    while (!this.#interrupted) {
      const decision = decide(this.#state, this.stamp());
      if (decision.kind === 'finish') {
        return { state: await this.finish(decision.reason), dueMs: null };
      }
      const others = this.#othersAt(decision.host);
      if (others.rest !== null) {
        return { state: await this.#leaveAlone(decision.host, others.rest), dueMs: null };
      }
      const dueMs = this.#dueMonotonicMs(decision, others);
      const waitMs = dueMs - this.#ports.clock.read().monotonicMs;
      if (this.#options.noWait === true && waitMs > WORTH_A_PAUSE_SECONDS * 1000) {
        return { state: await this.pause('not-yet'), dueMs: null };
      }
      if (waitMs > 0) return { state: this.#state, dueMs };
      const ended = await this.#connect(decision, dueMs);
      if (ended !== null) return { state: ended, dueMs: null };
    }
    await this.#kept;
    return { state: this.#state, dueMs: null };
  }

  finish(reason: RunFinished['reason']): Promise<RunState> {
    return this.#end({ type: 'run-finished', at: this.stamp(), reason });
  }

  async #end(event: RunFinished | RunPaused): Promise<RunState> {
    const state = this.emit(event);
    await this.#kept;
    return state;
  }

  /** The host asked somebody to stop: another run, or another process. */
  #leaveAlone(host: PinnedHost, { who, saidWallMs, untilWallMs }: Rest): Promise<RunState> {
    const notAsked = { host, who, saidWallMs, untilWallMs };
    return this.#end({ type: 'run-finished', at: this.stamp(), reason: 'throttled', notAsked });
  }

  pause(reason: RunPaused['reason']): Promise<RunState> {
    const dueWallMs = this.#nextDueWallMs();
    return this.#end({ type: 'run-paused', at: this.stamp(), reason, dueWallMs });
  }

  #nextDueWallMs(): number | null {
    const decision = decide(this.#state, this.stamp());
    if (decision.kind === 'finish') return null;
    const now = this.#ports.clock.read();
    const dueMs = this.#dueMonotonicMs(decision, this.#othersAt(decision.host));
    return now.wallMs + Math.max(0, dueMs - now.monotonicMs);
  }

  async #locate(): Promise<void> {
    const located = await this.#ports.locate(this.#state.request, this.#options.signal);
    if (this.#interrupted) return;
    if (located.kind === 'hosts') {
      const { hosts, warnings } = located;
      this.emit({ type: 'hosts-resolved', at: this.stamp(), mailHosts: hosts, warnings });
      return;
    }
    const { code, message, suggestions } = located.error;
    const kind = located.kind;
    this.emit({ type: 'hosts-failed', at: this.stamp(), kind, code, message, suggestions });
  }

  /** When the planner and good manners both allow the connection, on this process's clock. */
  #dueMonotonicMs(planned: PlannedSession, others: Due): number {
    const now = this.stamp();
    const polite = secondsUntilPolite(this.#state, planned.host, now);
    const wanted =
      planned.due === null ? 0 : planned.due.delaySeconds - mostElapsed(planned.due.since, now);
    const dueMs = now.monotonicMs + Math.max(0, polite, wanted) * 1000;
    return Math.max(dueMs, others.freeAtMs, this.#laterMs);
  }

  /** What other runs leave to this one. */
  #othersAt(host: PinnedHost): Due {
    return this.#visits.due(whomOf(host), this.#state.request.manners);
  }

  /**
   * Waits until the connection is due. The monotonic clock can stand still while the machine sleeps,
   * and age is what counts: where the clocks moved apart, the planner has to look again.
   */
  async #waitUntil(
    planned: PlannedSession,
    dueMonotonicMs: number,
  ): Promise<'due' | 'look-again' | 'interrupted'> {
    const { clock } = this.#ports;
    let before = this.stamp();
    if (before.monotonicMs < dueMonotonicMs) {
      const waitMs = dueMonotonicMs - before.monotonicMs;
      this.#options.onWait?.(planned, dueMonotonicMs, this.#state, waitMs);
    }
    while (before.monotonicMs < dueMonotonicMs) {
      try {
        const nextMs = Math.min(dueMonotonicMs, before.monotonicMs + LOOK_AGAIN_MS);
        await clock.sleepUntil(nextMs, this.#options.signal);
      } catch (reason) {
        if (this.#interrupted) return 'interrupted';
        throw reason;
      }
      const now = this.stamp();
      if (clocksDisagree(before, now)) return 'look-again';
      before = now;
    }
    if (this.#interrupted) return 'interrupted';
    // Another run may have connected meanwhile.
    const { freeAtMs } = this.#othersAt(planned.host);
    return freeAtMs > clock.read().monotonicMs ? 'look-again' : 'due';
  }

  /** Makes the connection, where it may be made. Gives the state where the run has ended for that. */
  async #connect(planned: PlannedSession, dueMonotonicMs: number): Promise<RunState | null> {
    const visit = this.#visitOf(planned);
    const claim = await this.#visits.claim(visit, this.#options.signal);
    switch (claim.kind) {
      case 'go':
        await this.#visit(planned, visit, dueMonotonicMs);
        return null;
      case 'later':
        this.#laterMs = claim.untilMs;
        return null;
      case 'missed':
        return null;
      case 'rest':
        return this.#leaveAlone(planned.host, claim.rest);
      case 'source-lost':
      case 'refused':
      case 'opted-out':
        return this.finish(claim.kind);
    }
  }

  #visitOf({ host, sourceAddress, helo }: PlannedSession): Visit {
    const { run, request, sessions } = this.#state;
    return {
      run,
      session: sessions.length + 1,
      request: dialRequest(host, { ...request, sourceAddress, helo }),
      limits: request.manners,
      domain: request.domain,
    };
  }

  async #visit(planned: PlannedSession, visit: Visit, dueMonotonicMs: number): Promise<void> {
    const { host, sourceAddress, purpose } = planned;
    const { session } = visit;
    this.emit({
      type: 'session-started',
      at: this.stamp(),
      session,
      host,
      sourceAddress,
      dueMonotonicMs: planned.due === null ? null : dueMonotonicMs,
      purpose,
    });
    await this.#kept;
    const dialled = await this.#visits.result(visit, this.#options.signal);
    if (dialled.session === null) this.#recordUnopened(planned, session, dialled.end);
    else await this.#talk(planned, session, dialled.session);
    const unasked = dialled.session?.unasked ?? null;
    const said = unasked === null ? {} : { unasked };
    this.emit({ type: 'session-ended', at: this.stamp(), session, ...said });
  }

  /** A session that never opened is one attempt of the transaction that was to come first. */
  #recordUnopened(planned: PlannedSession, session: number, end: TransactionEnd): void {
    const transaction = nextTransaction(this.#state, planned.step, session, this.stamp());
    if (transaction !== null) {
      const n = this.#startAttempt(planned, session, transaction);
      if (n !== null) this.#finishAttempt(n, end);
    }
    if (end.reply !== null) this.#pin(planned.host);
  }

  async #talk(planned: PlannedSession, session: number, open: Session): Promise<void> {
    try {
      this.emit({ type: 'session-opened', at: this.stamp(), session, facts: open.facts });
      this.#pin(planned.host);
      await this.#transactions(planned, session, open);
    } finally {
      // Also when an event could not be kept: a host is never left without QUIT.
      await open.quit();
    }
  }

  /** The first is begun even where the host has hung up since: then its end tells so. */
  async #transactions(planned: PlannedSession, session: number, open: Session): Promise<void> {
    for (let first = true; (first || open.open) && !this.#interrupted; first = false) {
      const transaction = nextTransaction(this.#state, planned.step, session, this.stamp());
      if (transaction === null) break;
      const n = this.#startAttempt(planned, session, transaction);
      const tuple = n === null ? null : this.#state.attempts[n - 1]?.tuple;
      if (n === null || tuple === null || tuple === undefined) break;
      const { stage } = this.#state.request;
      await this.#kept;
      const end = await open.transact({
        sender: tuple.sender,
        recipient: tuple.recipient,
        stage,
        message: stage === 'message' ? messageFor(this.#state, tuple) : null,
      });
      this.#finishAttempt(n, end);
    }
  }

  #pin(host: PinnedHost): void {
    if (this.#state.pinned !== null) return;
    this.emit({ type: 'host-pinned', at: this.stamp(), host, origin: this.#originOf(host) });
  }

  #originOf(host: PinnedHost): HostOrigin {
    return this.#state.mailHosts?.find((one) => one.name === host.name)?.origin ?? 'given';
  }

  #startAttempt(
    planned: PlannedSession,
    session: number,
    transaction: PlannedTransaction,
  ): number | null {
    const tuple = this.#tupleFor(planned, transaction.tuple);
    if (tuple === null) return null;
    const n = this.#state.attempts.length + 1;
    const { role } = transaction;
    this.emit({ type: 'attempt-started', at: this.stamp(), n, session, tuple, role });
    return n;
  }

  #finishAttempt(n: number, end: TransactionEnd): void {
    this.emit({
      type: 'attempt-finished',
      at: this.stamp(),
      n,
      stage: end.stage,
      reply: end.reply,
      failure: end.failure,
      sent: this.stamp(end.sent),
      replied: this.stamp(end.replied),
    });
  }

  #tupleFor(planned: PlannedSession, wanted: PlannedTransaction['tuple']): Tuple | null {
    if (wanted === 'fresh') return this.#freshTuple(planned);
    if (!('of' in wanted)) return wanted;
    const { helo, sourceAddress: client } = planned;
    const { otherRecipient } = this.#state.request;
    const other = wanted.part === 'recipient' ? otherRecipient : null;
    const recipient = other ?? wanted.of.recipient;
    return { ...wanted.of, id: this.#nextTupleId(), helo, client, recipient };
  }

  #freshTuple(planned: PlannedSession): Tuple | null {
    const { request } = this.#state;
    const sender = freshSender(this.#state, planned.step, this.#ports.random);
    if (sender === null) return null;
    return {
      id: this.#nextTupleId(),
      client: planned.sourceAddress,
      helo: planned.helo,
      sender,
      recipient: request.recipient,
    };
  }

  #nextTupleId(): string {
    return `t${new Set(this.#state.attempts.map((one) => one.tuple.id)).size + 1}`;
  }
}

function whomOf({ name, address, port }: PinnedHost): Whom {
  return { address, port, name: name === address ? null : name };
}

/** How the stamps of one process compare, whichever of its drivers makes them. */
function orderOf({ clock, timeLostAt }: Stamp): Pick<Stamp, 'clock' | 'timeLostAt'> {
  return {
    ...(clock === undefined ? {} : { clock }),
    ...(timeLostAt === undefined ? {} : { timeLostAt }),
  };
}
