import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import { asksToStop } from '../../core/manners/asks-to-stop.js';
import { operatorOf } from '../../core/manners/ledger.js';
import { whomOf } from '../../core/manners/polite-dialer.js';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import type { Clock } from '../../model/ports/clock.js';
import type { Dialled, Rest, Whom } from '../../model/ports/dialer.js';
import type { Claim, Due, Visit, Visits } from '../../model/ports/visits.js';
import { escapeControl } from '../../model/values/escape.js';
import { type RedisLink, redisFailed } from './connect.js';
import * as keys from './keys.js';
import { Mailbox } from './mailbox.js';
import {
  type Answer,
  type Command,
  type Job,
  type Report,
  ReportSchema,
  readMessage,
  type VisitReport,
} from './messages.js';
import { endOf, type Line, lostEnd, RemoteSession } from './remote-session.js';
import { Rights } from './rights.js';
import { readStream, writeTo } from './streams.js';
import type { QueueTiming } from './timing.js';

const HOUR_MS = 3_600_000;
/** What belongs to a survey is kept so long after its coordinator was there last. */
const KEPT_MS = 24 * HOUR_MS;
/** A worker's address without a sign of life is nobody's after so long. */
const GONE_AFTER_RENEWALS = 4;
/** Clocks that run apart by 500 ppm are 30 ms apart by then. */
const CLOCK_HOLDS_MS = 60_000;
/** Longer than any command of SMTP takes with all its limits. */
const LONGEST_COMMAND_MS = 30 * 60_000;

/** A connection of the last hour, or a wish to stop, that a Redis must know of. */
export interface PastContact {
  readonly name: string;
  readonly whom: Whom;
  readonly wallMs: number;
  readonly what: 'begin' | 'stop';
}

export interface QueueVisitsOptions {
  readonly survey: string;
  readonly clock: Clock;
  readonly timing: QueueTiming;
  /** Those who opted out, as marks; another list once it has changed. */
  readonly optOut: () => readonly string[];
  readonly past: readonly PastContact[];
  readonly onNote: (note: string) => void;
}

/** A visit that a worker makes, or is to make. */
interface InFlight {
  readonly id: string;
  readonly visit: Visit;
  readonly reports: Mailbox<VisitReport>;
  worker: string | null;
  /** Nobody waits for it any more. */
  readonly letGo: () => void;
  heardMs: number;
  /** How often in a row nobody had the right to its host. */
  unheld: number;
}

const NOBODY: Due = { freeAtMs: 0, rest: null };
const MISSED: Claim = { kind: 'missed' };

/**
 * Visits that workers make, through a queue for each source address. A worker that may connect says so
 * and waits: only once the run has kept that its connection begins is it told to dial. So a visit of a
 * coordinator that died is never made, and one whose worker died is never made again.
 */
export class QueueVisits implements Visits {
  /** This process, among all that coordinated the survey. */
  readonly #coordinator = randomUUID().slice(0, 18);
  readonly #link: RedisLink;
  readonly #options: QueueVisitsOptions;
  readonly #rights: Rights;
  readonly #queues = new Map<string, Queue>();
  readonly #inFlight = new Map<string, InFlight>();
  readonly #byVisit = new WeakMap<Visit, InFlight>();
  readonly #lost = new Set<string>();
  readonly #refusals = new Set<string>();
  readonly #stop = new AbortController();
  /** Oldest first. */
  readonly #past: PastContact[];
  #sources: readonly string[] = [];
  #optedOut: readonly string[] = [];
  /** Clock of the Redis less the monotonic clock here, as far as that is known, and since when. */
  #redisClock = { offsetMs: 0, withinMs: Number.POSITIVE_INFINITY, readMs: 0 };
  #claims = 0;
  #failed: GreyprobeError | null = null;
  #told: Promise<unknown> = Promise.resolve();
  #loops: Promise<unknown> = Promise.resolve();

  private constructor(link: RedisLink, options: QueueVisitsOptions) {
    this.#link = link;
    this.#options = options;
    this.#past = options.past.toSorted((one, other) => one.wallMs - other.wallMs);
    this.#rights = new Rights(link.redis, options.timing.leaseMs);
  }

  /** Takes the survey over from whoever coordinated it before. */
  static async open(link: RedisLink, options: QueueVisitsOptions): Promise<QueueVisits> {
    const visits = new QueueVisits(link, options);
    try {
      await link.redis.del(keys.reportStream(options.survey));
      await visits.#register();
      await visits.#attend();
    } catch (error) {
      throw redisFailed(link.label, error);
    }
    visits.#loops = Promise.all([visits.#hear(), visits.#attendAgain()]).catch((error: unknown) => {
      visits.#fail(error);
    });
    return visits;
  }

  /** Addresses that a worker holds now, in order. */
  get sources(): readonly string[] {
    return this.#sources.filter((source) => !this.#lost.has(source));
  }

  /** What others do is known to the Redis alone: a claim that comes too early is told when to come. */
  due(): Due {
    return NOBODY;
  }

  async claim(visit: Visit, signal?: AbortSignal): Promise<Claim> {
    if (this.#failed !== null) throw this.#failed;
    const { sourceAddress } = visit.request;
    if (sourceAddress === null) throw new RangeError('a visit by a worker has a source address');
    if (this.#lost.has(sourceAddress)) return { kind: 'source-lost' };
    if (!this.#sources.includes(sourceAddress)) return this.#soon();
    const one = this.#begin(visit, signal);
    const added = await this.#add(one, { ...visit.request, sourceAddress });
    const { lateMs, renewMs } = this.#options.timing;
    const report = added ? await one.reports.take(lateMs + renewMs) : null;
    const claim = report?.tell === 'claim' ? this.#claimOf(one, report.answer) : null;
    if (claim?.kind === 'go') return claim;
    this.#forget(one);
    if (claim !== null) return claim;
    if (this.#lost.has(sourceAddress)) return { kind: 'source-lost' };
    this.#withdraw(one, sourceAddress);
    return added ? MISSED : this.#soon();
  }

  async result(visit: Visit): Promise<Dialled> {
    const one = this.#byVisit.get(visit);
    if (one === undefined) throw new RangeError('a visit is claimed before it is made');
    const line = this.#lineOf(one);
    const sent = line.now();
    line.tell({ visit: one.id, say: 'dial' });
    for (let report = await line.hear(); report !== null; report = await line.hear()) {
      if (report.tell === 'ended') break;
      if (report.tell !== 'dialled') continue;
      const { opened, end } = report;
      if (opened !== null) {
        return { session: new RemoteSession(line, opened, () => this.#forget(one)), end: null };
      }
      if (end === null) break;
      this.#forget(one);
      if (end.failure?.code === 'source-address') this.#loseSource(visit.request.sourceAddress);
      return { session: null, end: endOf(end, sent, line.now()) };
    }
    this.#forget(one);
    // Nothing was said to the host: the worker is told of each transaction when it is its turn.
    return { session: null, end: lostEnd('connect', sent, line.now()) };
  }

  /** Leaves the survey to whoever goes on with it, and takes away what nobody needs. */
  async close(): Promise<void> {
    for (const { id, worker } of this.#inFlight.values()) {
      if (worker !== null) this.#tell(worker, { visit: id, say: 'quit' });
    }
    this.#stop.abort();
    await this.#loops;
    if (this.#link.redis.status === 'ready') await this.#clear();
    this.#link.close();
  }

  async #clear(): Promise<void> {
    const { survey } = this.#options;
    const { redis } = this.#link;
    await this.#told;
    await redis.zrem(keys.SURVEYS, survey);
    for (const queue of this.#queues.values()) await queue.obliterate({ force: true });
    await redis.del(keys.coordinatorKey(survey), keys.optOutKey(survey), keys.reportStream(survey));
  }

  #begin(visit: Visit, signal: AbortSignal | undefined): InFlight {
    this.#claims += 1;
    const abort = () => {
      if (one.worker !== null) this.#tell(one.worker, { visit: one.id, say: 'quit' });
      one.reports.close();
    };
    const one: InFlight = {
      id: `${visit.run}.${visit.session}.${this.#coordinator}.${this.#claims}`,
      visit,
      reports: new Mailbox(),
      worker: null,
      letGo: () => signal?.removeEventListener('abort', abort),
      heardMs: this.#nowMs(),
      unheld: 0,
    };
    if (signal?.aborted === true) one.reports.close();
    signal?.addEventListener('abort', abort, { once: true });
    this.#inFlight.set(one.id, one);
    this.#byVisit.set(visit, one);
    return one;
  }

  /** False: the Redis does not take it. While it is away the visit is held until it is back. */
  async #add(one: InFlight, request: Job['request']): Promise<boolean> {
    const { limits, domain } = one.visit;
    const { offsetMs, withinMs } = this.#redisClock;
    const nowMs = this.#nowMs() + offsetMs;
    const job: Job = {
      visit: one.id,
      survey: this.#options.survey,
      coordinator: this.#coordinator,
      domain,
      request,
      limits: {
        connectionsPerHour: limits.connectionsPerHour,
        secondsBetweenConnections: Math.max(1, limits.secondsBetweenConnections),
      },
      // It is due now; were the clock known better, it could be a little less.
      notBeforeMs: Math.floor(nowMs - withinMs) - 1,
      notAfterMs: Math.ceil(nowMs + this.#options.timing.lateMs),
    };
    const added = this.#queueOf(request.sourceAddress).add('visit', job, {
      jobId: one.id,
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: true,
    });
    const taken = added.then(
      () => true,
      () => false,
    );
    return Promise.race([taken, one.reports.closed.then(() => true)]);
  }

  #queueOf(source: string): Queue {
    const known = this.#queues.get(source);
    if (known !== undefined) return known;
    const queue = new this.#link.libraries.bullmq.Queue(keys.queueName(source), {
      connection: this.#link.redis,
      prefix: keys.queuePrefix(this.#options.survey),
      skipVersionCheck: true,
    });
    queue.on('error', () => {});
    this.#queues.set(source, queue);
    return queue;
  }

  #claimOf(one: InFlight, answer: Answer): Claim {
    const nowMs = this.#nowMs();
    switch (answer.kind) {
      case 'go': {
        one.worker = answer.worker;
        one.heardMs = nowMs;
        const { wallMs } = this.#options.clock.read();
        const whom = whomOf(one.visit.request);
        this.#past.push({ name: one.id, whom, wallMs, what: 'begin' });
        return { kind: 'go' };
      }
      case 'later':
        return { kind: 'later', untilMs: nowMs + answer.waitMs };
      case 'rest':
        return { kind: 'rest', rest: this.#restOf(one.visit, answer) };
      case 'missed':
      case 'done':
        return MISSED;
      case 'opted-out':
        return { kind: 'opted-out' };
      case 'stale':
        return this.#soon();
      case 'refused':
        this.#noteOnce(`A worker refuses visits: ${escapeControl(answer.why)}`);
        return { kind: 'refused' };
    }
  }

  /** Once it was looked again what the Redis knows. */
  #soon(): Claim {
    return { kind: 'later', untilMs: this.#nowMs() + this.#options.timing.renewMs };
  }

  #restOf({ request }: Visit, { of, agoMs }: Extract<Answer, { kind: 'rest' }>): Rest {
    const saidWallMs = Math.round(this.#options.clock.read().wallMs - agoMs);
    const operator = of === 'operator' ? operatorOf(whomOf(request)) : null;
    const who = operator ?? request.address;
    return { who, saidWallMs, untilWallMs: saidWallMs + HOUR_MS };
  }

  /** Nobody began it in time. */
  #withdraw({ id }: InFlight, source: string): void {
    this.#later(async () => {
      await this.#rights.cancel(this.#options.survey, id);
      await this.#queueOf(source).remove(id);
    });
  }

  #forget(one: InFlight): void {
    one.letGo();
    this.#inFlight.delete(one.id);
  }

  #lineOf(one: InFlight): Line {
    const worker = one.worker ?? '';
    return {
      visit: one.id,
      now: () => this.#options.clock.read(),
      tell: (command) => this.#tell(worker, command),
      hear: () => one.reports.take(LONGEST_COMMAND_MS),
    };
  }

  #tell(worker: string, command: Command): void {
    this.#later(() => writeTo(this.#link.redis, keys.workerStream(worker), command));
  }

  /** Done in its own time; what fails with the connection is judged by what does not come. */
  #later(work: () => Promise<unknown>): void {
    const done = work().catch(() => {});
    this.#told = Promise.all([this.#told, done]);
  }

  async #hear(): Promise<void> {
    const { survey } = this.#options;
    await readStream(
      this.#link.another(),
      keys.reportStream(survey),
      this.#stop.signal,
      (written) => {
        const report = readMessage(ReportSchema, written);
        if (report !== null) this.#heard(report);
      },
    );
  }

  #heard(report: Report): void {
    if (report.tell === 'source-lost') {
      this.#loseSource(report.source);
      return;
    }
    const one = this.#inFlight.get(report.visit);
    if (one !== undefined) {
      this.#rememberStop(one, report);
      one.heardMs = this.#nowMs();
      one.unheld = 0;
      one.reports.push(report);
    } else if (report.tell === 'claim' && report.answer.kind === 'go') {
      // It was given up meanwhile.
      this.#tell(report.answer.worker, { visit: report.visit, say: 'quit' });
    }
  }

  /** The worker has told the Redis; a Redis that loses it is told again. */
  #rememberStop({ id, visit }: InFlight, report: VisitReport): void {
    const end = report.tell === 'dialled' || report.tell === 'transacted' ? report.end : null;
    if (end?.reply == null || !asksToStop(end.reply, end.stage)) return;
    const { wallMs } = this.#options.clock.read();
    this.#past.push({ name: id, whom: whomOf(visit.request), wallMs, what: 'stop' });
  }

  #loseSource(source: string | null): void {
    if (source === null || this.#lost.has(source)) return;
    this.#lost.add(source);
    this.#options.onNote(
      `The worker for ${source} does not have that address any more: its runs end as source-lost.`,
    );
    for (const { visit, worker, reports } of this.#inFlight.values()) {
      if (worker === null && visit.request.sourceAddress === source) reports.close();
    }
  }

  async #attendAgain(): Promise<void> {
    const { clock, timing } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await clock.sleepUntil(this.#nowMs() + timing.renewMs, signal).catch(() => {});
      if (signal.aborted || this.#link.redis.status !== 'ready') continue;
      await this.#attend();
      await this.#findLost();
    }
  }

  /** Says that this survey has a coordinator, and looks which addresses have a worker. */
  async #attend(): Promise<void> {
    const { survey, timing, optOut } = this.#options;
    const { redis } = this.#link;
    const goneMs = GONE_AFTER_RENEWALS * timing.renewMs;
    await this.#readClock();
    const coordinator = await redis.get(keys.coordinatorKey(survey));
    if (coordinator === null) {
      this.#options.onNote('The Redis has lost what it knew: nobody connects for a while.');
      await redis.set(keys.QUIET, this.#coordinator, 'PX', timing.leaseMs);
      await this.#register();
    } else if (coordinator !== this.#coordinator) {
      return this.#fail(takenOver(survey));
    }
    this.#forgetPast();
    if (optOut() !== this.#optedOut) await this.#tellOptOut();
    await this.#rights.attend(keys.SURVEYS, [survey], goneMs);
    this.#sources = (await this.#rights.attend(keys.SOURCES, [], goneMs)).sort();
    await redis.pexpire(keys.coordinatorKey(survey), KEPT_MS);
    await redis.pexpire(keys.reportStream(survey), KEPT_MS);
  }

  async #register(): Promise<void> {
    const { survey, clock } = this.#options;
    this.#forgetPast();
    const { wallMs } = clock.read();
    await Promise.all(
      this.#past.map(({ name, whom, wallMs: atMs, what }) =>
        what === 'stop'
          ? this.#rights.stop(whom, wallMs - atMs)
          : this.#rights.remember(name, whom, wallMs - atMs),
      ),
    );
    await this.#tellOptOut();
    await this.#link.redis.set(keys.coordinatorKey(survey), this.#coordinator, 'PX', KEPT_MS);
  }

  #forgetPast(): void {
    const sinceMs = this.#options.clock.read().wallMs - HOUR_MS;
    const kept = this.#past.findIndex(({ wallMs }) => wallMs > sinceMs);
    this.#past.splice(0, kept === -1 ? this.#past.length : kept);
  }

  async #tellOptOut(): Promise<void> {
    const { survey, optOut } = this.#options;
    const marks = optOut();
    const write = this.#link.redis.multi().del(keys.optOutKey(survey));
    for (const mark of marks) write.sadd(keys.optOutKey(survey), mark);
    await write.exec();
    this.#optedOut = marks;
  }

  async #readClock(): Promise<void> {
    const beforeMs = this.#nowMs();
    const [seconds, micros] = await this.#link.redis.time();
    const readMs = this.#nowMs();
    const withinMs = (readMs - beforeMs) / 2;
    const isOld = readMs - this.#redisClock.readMs > CLOCK_HOLDS_MS;
    if (!isOld && withinMs > this.#redisClock.withinMs) return;
    const offsetMs = Number(seconds) * 1000 + Number(micros) / 1000 - (beforeMs + withinMs);
    this.#redisClock = { offsetMs, withinMs, readMs };
  }

  /** Visits whose worker has let its right end: how they ended nobody will tell. */
  async #findLost(): Promise<void> {
    const { renewMs } = this.#options.timing;
    const silent = [...this.#inFlight.values()].filter(
      ({ worker, heardMs }) => worker !== null && heardMs + renewMs < this.#nowMs(),
    );
    for (const one of silent) {
      const isHeld = await this.#rights.isHeld(one.id, whomOf(one.visit.request));
      one.unheld = isHeld ? 0 : one.unheld + 1;
      if (one.unheld > 1) one.reports.close();
    }
  }

  #noteOnce(note: string): void {
    if (this.#refusals.has(note)) return;
    this.#refusals.add(note);
    this.#options.onNote(note);
  }

  /** All that is under way ends, and the next claim tells why. */
  #fail(error: unknown): void {
    this.#failed ??= redisFailed(this.#link.label, error);
    for (const { reports } of this.#inFlight.values()) reports.close();
  }

  #nowMs(): number {
    return this.#options.clock.read().monotonicMs;
  }
}

function takenOver(survey: string): GreyprobeError {
  return new GreyprobeError(
    'survey-taken-over',
    `Another process coordinates the survey ${survey} now; this one has stopped.`,
    { exit: EXIT.interrupted },
  );
}
