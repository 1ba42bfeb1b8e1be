import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'bullmq';
import { optOutMarks } from '../../core/manners/opt-out-marks.js';
import { whomOf } from '../../core/manners/polite-dialer.js';
import type { Clock } from '../../model/ports/clock.js';
import type { Dialer } from '../../model/ports/dialer.js';
import { type RedisLink, redisFailed } from './connect.js';
import { Conversation } from './conversation.js';
import * as keys from './keys.js';
import {
  CommandSchema,
  type Job,
  JobSchema,
  readMessage,
  type VisitAnswer,
  type WorkerReport,
} from './messages.js';
import { type OwnLimits, refusalOf } from './own-limits.js';
import { Rights } from './rights.js';
import { readStream, writeTo } from './streams.js';
import type { QueueTiming } from './timing.js';

const HOUR_MS = 3_600_000;
/** A survey whose coordinator is not there for so many renewals has none. */
const GONE_AFTER_RENEWALS = 12;
/** How soon a new survey is found. */
const LOOK_EVERY_MS = 1000;
const LONGEST_QUIT_MS = 5000;

export interface VisitWorkerOptions {
  readonly own: OwnLimits;
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly timing: QueueTiming;
  /** Whether this machine still has an address. */
  readonly holdsAddress: (address: string) => Promise<boolean>;
  /** Connections at a time for each source address and survey. */
  readonly concurrency: number;
  /** Told to stop, it lets what is under way end for so long. */
  readonly endWithinMs: number;
  readonly onNote: (note: string) => void;
}

/** What a worker has done so far. */
export interface WorkerCounts {
  readonly surveys: number;
  readonly connected: number;
  readonly visits: number;
  readonly missed: number;
  readonly refused: number;
}

/**
 * Makes the visits of all surveys of a Redis that are to come from the addresses that it holds. It
 * decides nothing: it asks the Redis whether it may connect, does what the coordinator says, and tells
 * what came.
 */
export class VisitWorker {
  readonly #id = randomUUID().slice(0, 18);
  readonly #link: RedisLink;
  readonly #options: VisitWorkerOptions;
  readonly #rights: Rights;
  readonly #conversations = new Map<string, Conversation>();
  /** Those with the right to their host. */
  readonly #held = new Set<Conversation>();
  readonly #queues = new Map<string, readonly Worker[]>();
  readonly #stop = new AbortController();
  #sources: readonly string[];
  #renewedMs: number;
  #visits = 0;
  #missed = 0;
  #refused = 0;

  constructor(link: RedisLink, options: VisitWorkerOptions) {
    this.#link = link;
    this.#options = options;
    this.#rights = new Rights(link.redis, options.timing.leaseMs);
    this.#sources = options.own.sources;
    this.#renewedMs = this.#nowMs();
  }

  get counts(): WorkerCounts {
    return {
      surveys: this.#queues.size,
      connected: this.#conversations.size,
      visits: this.#visits,
      missed: this.#missed,
      refused: this.#refused,
    };
  }

  /** Works until the signal aborts, or no address is left; what is under way then ends first. */
  async run(signal: AbortSignal): Promise<void> {
    const { timing } = this.#options;
    const { redis } = this.#link;
    const hearing = readStream(
      this.#link.another(),
      keys.workerStream(this.#id),
      this.#stop.signal,
      (written) => {
        const command = readMessage(CommandSchema, written);
        if (command !== null) this.#conversations.get(command.visit)?.tell(command);
      },
    );
    const ended = new AbortController();
    const isOver = AbortSignal.any([signal, ended.signal]);
    const renewing = this.#every(timing.renewMs, this.#stop.signal, () => this.#renew());
    const watching = this.#every(LOOK_EVERY_MS, this.#stop.signal, async () =>
      this.#hangUpUnrenewed(),
    );
    try {
      await this.#begin();
      await this.#every(LOOK_EVERY_MS, isOver, async () => {
        await this.#findSurveys();
        await this.#attend();
        if (this.#sources.length === 0) ended.abort();
      });
      await this.#finish();
    } finally {
      this.#stop.abort();
      await Promise.allSettled([hearing, renewing, watching]);
      if (redis.status === 'ready') {
        await redis.del(keys.workerStream(this.#id));
        if (this.#sources.length > 0) await redis.zrem(keys.SOURCES, ...this.#sources);
      }
      this.#link.close();
    }
  }

  async #begin(): Promise<void> {
    try {
      await this.#attend();
      await this.#findSurveys();
    } catch (error) {
      throw redisFailed(this.#link.label, error);
    }
  }

  /** Takes nothing more, and waits for what is under way; for so long, and then says QUIT everywhere. */
  async #finish(): Promise<void> {
    const { endWithinMs } = this.#options;
    const timer = setTimeout(() => {
      for (const conversation of this.#conversations.values()) conversation.hangUp();
    }, endWithinMs);
    const workers = [...this.#queues.values()].flat();
    // A Redis that is away keeps them from closing.
    const late = new AbortController();
    await Promise.race([
      Promise.all(workers.map((worker) => worker.close())),
      delay(endWithinMs + LONGEST_QUIT_MS, undefined, { signal: late.signal }).catch(() => {}),
    ]);
    late.abort();
    clearTimeout(timer);
  }

  /** Says which addresses have a worker, and no more those that this machine lost. */
  async #attend(): Promise<void> {
    const { timing, onNote, holdsAddress } = this.#options;
    const lost: string[] = [];
    for (const source of this.#sources) if (!(await holdsAddress(source))) lost.push(source);
    this.#sources = this.#sources.filter((source) => !lost.includes(source));
    for (const source of lost) {
      onNote(`This machine does not have the address ${source} any more: its runs end.`);
      await this.#link.redis.zrem(keys.SOURCES, source);
      for (const survey of this.#queues.keys()) {
        await this.#report(survey, { tell: 'source-lost', source });
      }
    }
    await this.#rights.attend(keys.SOURCES, this.#sources, 4 * timing.renewMs);
    await this.#link.redis.pexpire(keys.workerStream(this.#id), HOUR_MS);
  }

  async #findSurveys(): Promise<void> {
    const { renewMs } = this.#options.timing;
    const there = await this.#rights.attend(keys.SURVEYS, [], GONE_AFTER_RENEWALS * renewMs);
    for (const survey of there) {
      if (!this.#queues.has(survey)) this.#queues.set(survey, this.#serve(survey));
    }
    for (const [survey, workers] of this.#queues) {
      if (there.includes(survey)) continue;
      this.#queues.delete(survey);
      for (const worker of workers) void worker.close().catch(() => {});
    }
  }

  /** BullMQ brings jobs and no more: nothing is tried again, whatever happens to who had it. */
  #serve(survey: string): readonly Worker[] {
    const { concurrency, timing } = this.#options;
    return this.#sources.map((source) => {
      const worker = new this.#link.libraries.bullmq.Worker(
        keys.queueName(source),
        ({ data }) => this.#make(survey, data),
        {
          connection: this.#link.redis,
          prefix: keys.queuePrefix(survey),
          skipVersionCheck: true,
          concurrency,
          maxStalledCount: 0,
          maxStartedAttempts: 1,
          lockDuration: timing.leaseMs,
          removeOnComplete: { count: 0 },
          removeOnFail: { count: 0 },
        },
      );
      worker.on('error', () => {});
      return worker;
    });
  }

  /** Never throws: a visit that failed is not made again. */
  async #make(survey: string, data: unknown): Promise<void> {
    const job = readMessage(JobSchema, JSON.stringify(data));
    if (job === null || job.survey !== survey) {
      this.#refused += 1;
      return;
    }
    const refusal = refusalOf(job, { ...this.#options.own, sources: this.#sources });
    if (refusal !== null) {
      this.#refused += 1;
      await this.#answer(job, { kind: 'refused', why: refusal });
      return;
    }
    const conversation = this.#conversationOf(job);
    this.#conversations.set(job.visit, conversation);
    try {
      await this.#converse(job, conversation);
    } finally {
      this.#conversations.delete(job.visit);
    }
  }

  async #converse(job: Job, conversation: Conversation): Promise<void> {
    const { address, hostName } = job.request;
    const marks = optOutMarks([job.domain, hostName ?? ''], address);
    const answer = await this.#rights.claim(job, this.#id, marks);
    if (answer.kind === 'missed') this.#missed += 1;
    if (answer.kind !== 'go') {
      await this.#answer(job, answer);
      return;
    }
    this.#held.add(conversation);
    try {
      await this.#answer(job, answer);
      if (await conversation.hold()) this.#visits += 1;
    } finally {
      this.#held.delete(conversation);
      await this.#rights.end(job);
    }
    await conversation.tellEnd();
  }

  #conversationOf(job: Job): Conversation {
    const { dialer, timing } = this.#options;
    return new Conversation(job, {
      dialer,
      silentMs: timing.silentMs,
      report: (report) => this.#report(job.survey, report),
      stop: () => this.#rights.stop(whomOf(job.request)),
    });
  }

  #answer({ survey, visit }: Job, answer: VisitAnswer): Promise<void> {
    return this.#report(survey, { visit, tell: 'claim', answer });
  }

  #report(survey: string, report: WorkerReport): Promise<void> {
    return writeTo(this.#link.redis, keys.reportStream(survey), report);
  }

  async #renew(): Promise<void> {
    const beganMs = this.#nowMs();
    await Promise.all(
      [...this.#held].map(async (conversation) => {
        if (!(await this.#rights.renew(conversation.job))) conversation.hangUp();
      }),
    );
    this.#renewedMs = beganMs;
  }

  /** A right that could not be renewed may soon be another's. */
  #hangUpUnrenewed(): void {
    if (this.#nowMs() - this.#renewedMs < this.#options.timing.giveUpMs) return;
    for (const conversation of this.#conversations.values()) conversation.hangUp();
  }

  /** Does something again and again, one after the other, until the signal aborts. */
  async #every(ms: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const { clock, onNote } = this.#options;
    let said = '';
    while (!signal.aborted) {
      await clock.sleepUntil(this.#nowMs() + ms, signal).catch(() => {});
      if (signal.aborted) return;
      await work().catch((error: unknown) => {
        const { message } = redisFailed(this.#link.label, error);
        if (message !== said) onNote(message);
        said = message;
      });
    }
  }

  #nowMs(): number {
    return this.#options.clock.read().monotonicMs;
  }
}
