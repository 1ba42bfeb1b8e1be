import type { HostOrigin, PinnedHost } from '../../model/mail-host.js';
import { dialRequest, type Rest, type Session, type Whom } from '../../model/ports/dialer.js';
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
import type { ProbeOptions, ProbePorts } from './ports.js';
import { messageFor } from './probe-message.js';
import type { Stamps } from './stamps.js';
import type { RunFold, RunState } from './state.js';

/** Waits shorter than this are not worth a pause under `noWait`. */
const WORTH_A_PAUSE_SECONDS = 3;

/** What is left of a wait by rounding alone: waited for, it can be left again and again. */
const NO_WAIT_MS = 1e-6;

/** How soon it is noticed that the machine slept: then a connection may be due already. */
const LOOK_AGAIN_MS = 60_000;

/** How a wait ended: connect, ask the planner again, or go no further now. */
type Waited = 'due' | 'look-again' | 'stop';

/** Where a run stands after a visit. */
export interface Visited {
  readonly state: RunState;
  /** When it wants to be visited again, on the monotonic clock; null: it has ended, or was stopped. */
  readonly dueMs: number | null;
}

/**
 * Drives one run from connection to connection, in one process: it asks the planner, does what is due
 * through the ports, and tells what happened.
 */
export class RunDriver {
  readonly #ports: ProbePorts;
  readonly #visits: Visits;
  readonly #options: ProbeOptions;
  readonly #fold: RunFold;
  readonly #stamps: Stamps;
  /** Others were faster: not before then, on the monotonic clock. */
  #laterMs = 0;
  /** Until all events are kept. */
  #kept: Promise<void> | void = undefined;

  constructor(ports: ProbePorts, options: ProbeOptions, fold: RunFold, stamps: Stamps) {
    this.#ports = ports;
    this.#visits = ports.visits ?? visitsHere(ports.dialer);
    this.#options = options;
    this.#fold = fold;
    this.#stamps = stamps;
  }

  stamp(reading?: ClockReading): Stamp {
    return this.#stamps.at(reading);
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

  /** Until the run has ended, or pauses. */
  async drive(): Promise<RunState> {
    await this.#kept;
    const ended = await this.#go((planned, dueMs) => this.#waitUntil(planned, dueMs));
    return ended ?? this.pause('interrupted');
  }

  /** Until something has to be waited for. */
  async visit(): Promise<Visited> {
    let nextMs: number | null = null;
    const ended = await this.#go((_planned, dueMs, waitMs) => {
      if (waitMs < NO_WAIT_MS) return 'due';
      nextMs = dueMs;
      return 'stop';
    });
    if (ended !== null) return { state: ended, dueMs: null };
    if (nextMs === null) await this.#kept;
    return { state: this.#state, dueMs: nextMs };
  }

  /** Gives the state where the run has ended or paused, null where it went no further. */
  async #go(
    wait: (planned: PlannedSession, dueMs: number, waitMs: number) => Waited | Promise<Waited>,
  ): Promise<RunState | null> {
    if (this.#state.mailHosts === null && this.#state.hostsFailed === null) await this.#locate();
    while (!this.#interrupted) {
      const decision = decide(this.#state, this.stamp());
      if (decision.kind === 'finish') return this.finish(decision.reason);
      const others = this.#othersAt(decision.host);
      if (others.rest !== null) return this.#leaveAlone(decision.host, others.rest);
      const dueMs = this.#dueMonotonicMs(decision, others);
      const waitMs = dueMs - this.#ports.clock.read().monotonicMs;
      if (this.#options.noWait === true && waitMs > WORTH_A_PAUSE_SECONDS * 1000) {
        return this.pause('not-yet');
      }
      const waited = await wait(decision, dueMs, waitMs);
      if (waited === 'stop') return null;
      const ended = waited === 'due' ? await this.#connect(decision, dueMs) : null;
      if (ended !== null) return ended;
    }
    return null;
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
  async #waitUntil(planned: PlannedSession, dueMonotonicMs: number): Promise<Waited> {
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
        if (this.#interrupted) return 'stop';
        throw reason;
      }
      const now = this.stamp();
      if (clocksDisagree(before, now)) return 'look-again';
      before = now;
    }
    if (this.#interrupted) return 'stop';
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
