import type { Queue } from 'bullmq';
import { asksToStop } from '../../core/manners/asks-to-stop.js';
import { operatorOf } from '../../core/manners/ledger.js';
import { whomOf } from '../../core/manners/polite-dialer.js';
import type { GreyprobeError } from '../../model/errors.js';
import type { Dialled, Rest } from '../../model/ports/dialer.js';
import type { Claim, Due, Visit, Visits } from '../../model/ports/visits.js';
import { escapeControl } from '../../model/values/escape.js';
import { type RedisLink, redisFailed } from './connect.js';
import { Coordinator, type CoordinatorOptions } from './coordinator.js';
import { Inbox } from './inbox.js';
import * as keys from './keys.js';
import {
  type Command,
  type Job,
  readMessage,
  type VisitAnswer,
  type VisitReport,
  type WorkerReport,
  WorkerReportSchema,
} from './messages.js';
import { endOf, lostEnd, RemoteSession, type WorkerLine } from './remote-session.js';
import { Rights } from './rights.js';
import { readStream, writeTo } from './streams.js';

const HOUR_MS = 3_600_000;
/** Longer than any command of SMTP takes with all its limits. */
const LONGEST_COMMAND_MS = 30 * 60_000;

/** A visit that a worker makes, or is to make. */
interface InFlight {
  readonly id: string;
  readonly visit: Visit;
  readonly reports: Inbox<VisitReport>;
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
  readonly #link: RedisLink;
  readonly #options: CoordinatorOptions;
  readonly #rights: Rights;
  readonly #coordinator: Coordinator;
  readonly #queues = new Map<string, Queue>();
  readonly #inFlight = new Map<string, InFlight>();
  readonly #byVisit = new WeakMap<Visit, InFlight>();
  readonly #lost = new Set<string>();
  readonly #refusals = new Set<string>();
  readonly #stop = new AbortController();
  #claims = 0;
  #failed: GreyprobeError | null = null;
  #told: Promise<unknown> = Promise.resolve();
  #loops: Promise<unknown> = Promise.resolve();

  private constructor(link: RedisLink, options: CoordinatorOptions) {
    this.#link = link;
    this.#options = options;
    this.#rights = new Rights(link.redis, options.timing.leaseMs);
    this.#coordinator = new Coordinator(link, options, this.#rights);
  }

  /** Takes the survey over from whoever coordinated it before. */
  static async open(link: RedisLink, options: CoordinatorOptions): Promise<QueueVisits> {
    const visits = new QueueVisits(link, options);
    try {
      await visits.#coordinator.takeOver();
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
    return this.#coordinator.sources.filter((source) => !this.#lost.has(source));
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
    if (!this.#coordinator.sources.includes(sourceAddress)) return this.#soon();
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
    for (const { id, worker, reports } of this.#inFlight.values()) {
      if (worker !== null) this.#tell(worker, { visit: id, say: 'quit' });
      reports.close();
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
    if (!(await this.#coordinator.isThis())) return;
    await redis.zrem(keys.SURVEYS, survey);
    for (const queue of this.#queues.values()) await queue.obliterate({ force: true });
    await this.#coordinator.leave();
  }

  #begin(visit: Visit, signal: AbortSignal | undefined): InFlight {
    this.#claims += 1;
    const abort = () => {
      if (one.worker !== null) this.#tell(one.worker, { visit: one.id, say: 'quit' });
      one.reports.close();
    };
    const one: InFlight = {
      id: `${visit.run}.${visit.session}.${this.#coordinator.id}.${this.#claims}`,
      visit,
      reports: new Inbox(),
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
    const { fromMs, likelyMs } = this.#coordinator.redisNowMs();
    const job: Job = {
      visit: one.id,
      survey: this.#options.survey,
      coordinator: this.#coordinator.id,
      domain,
      request,
      limits: {
        connectionsPerHour: limits.connectionsPerHour,
        secondsBetweenConnections: Math.max(1, limits.secondsBetweenConnections),
      },
      // It is due now; were the clock known better, it could be a little less.
      notBeforeMs: Math.floor(fromMs) - 1,
      notAfterMs: Math.ceil(likelyMs + this.#options.timing.lateMs),
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

  #claimOf(one: InFlight, answer: VisitAnswer): Claim {
    const nowMs = this.#nowMs();
    switch (answer.kind) {
      case 'go': {
        one.worker = answer.worker;
        one.heardMs = nowMs;
        const { wallMs } = this.#options.clock.read();
        const whom = whomOf(one.visit.request);
        this.#coordinator.remember({ name: one.id, whom, wallMs, what: 'begin' });
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

  #restOf({ request }: Visit, { of, agoMs }: Extract<VisitAnswer, { kind: 'rest' }>): Rest {
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

  #lineOf(one: InFlight): WorkerLine {
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
        const report = readMessage(WorkerReportSchema, written);
        if (report !== null) this.#heard(report);
      },
    );
  }

  #heard(report: WorkerReport): void {
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

  /** The worker has told the Redis. */
  #rememberStop({ id, visit }: InFlight, report: VisitReport): void {
    const end = report.tell === 'dialled' || report.tell === 'transacted' ? report.end : null;
    if (end?.reply == null || !asksToStop(end.reply, end.stage)) return;
    const { wallMs } = this.#options.clock.read();
    this.#coordinator.remember({ name: id, whom: whomOf(visit.request), wallMs, what: 'stop' });
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
      await this.#coordinator.attend();
      await this.#findLost();
    }
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
