import type { Clock } from '../../model/ports/clock.js';
import type { DnsAnswer, MxData, RecordType, Resolver } from '../../model/ports/resolver.js';

export interface SharingLimits {
  /** New questions a second. */
  readonly questionsPerSecond: number;
}

/** Answers without records say no TTL here; RFC 2308 §5 lets them be kept, for minutes or hours. */
const WITHOUT_TTL_SECONDS = 60;
const LONGEST_SECONDS = 3600;
const MOST_ANSWERS = 50_000;

interface Kept<T> {
  readonly answer: Promise<DnsAnswer<T>>;
  untilMs: number;
}

/**
 * A resolver for many who ask the same: one question for all of them, and its answer for as long as it
 * holds. New questions go out at a bounded rate, and their time limits begin when they do. A failure is
 * told to those who waited for it, and not kept.
 */
export class SharedResolver implements Resolver {
  readonly #resolver: Resolver;
  readonly #clock: Clock;
  readonly #gapMs: number;
  #nextMs = 0;
  readonly #mx = new Map<string, Kept<MxData>>();
  readonly #text = new Map<string, Kept<string>>();

  constructor(resolver: Resolver, clock: Clock, { questionsPerSecond }: SharingLimits) {
    this.#resolver = resolver;
    this.#clock = clock;
    this.#gapMs = 1000 / questionsPerSecond;
  }

  mx(name: string, signal?: AbortSignal): Promise<DnsAnswer<MxData>> {
    return this.#shared(this.#mx, name, () => this.#resolver.mx(name), signal);
  }

  text(
    name: string,
    type: Exclude<RecordType, 'MX'>,
    signal?: AbortSignal,
  ): Promise<DnsAnswer<string>> {
    const ask = () => this.#resolver.text(name, type);
    return this.#shared(this.#text, `${type} ${name}`, ask, signal);
  }

  async #shared<T>(
    kept: Map<string, Kept<T>>,
    key: string,
    ask: () => Promise<DnsAnswer<T>>,
    signal: AbortSignal | undefined,
  ): Promise<DnsAnswer<T>> {
    signal?.throwIfAborted();
    const known = kept.get(key);
    const nowMs = this.#clock.read().monotonicMs;
    if (known !== undefined && known.untilMs > nowMs) return unlessAborted(known.answer, signal);
    const one: Kept<T> = { answer: this.#inTurn(ask), untilMs: Number.POSITIVE_INFINITY };
    kept.delete(key);
    kept.set(key, one);
    if (kept.size > MOST_ANSWERS) kept.delete(kept.keys().next().value ?? '');
    one.answer.then(
      ({ ttlSeconds }) => {
        const seconds = Math.min(ttlSeconds ?? WITHOUT_TTL_SECONDS, LONGEST_SECONDS);
        one.untilMs = this.#clock.read().monotonicMs + seconds * 1000;
      },
      () => kept.delete(key),
    );
    return unlessAborted(one.answer, signal);
  }

  async #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const nowMs = this.#clock.read().monotonicMs;
    const mineMs = Math.max(nowMs, this.#nextMs);
    this.#nextMs = mineMs + this.#gapMs;
    if (mineMs > nowMs) await this.#clock.sleepUntil(mineMs);
    return ask();
  }
}

/** Who no longer wants the answer does not keep others from it. */
async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return answer;
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
