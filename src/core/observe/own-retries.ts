/** How long a sender waits before one of its retries, as its log shows. */
export interface OwnRetry {
  /** 1: the wait between the first try and the second. */
  readonly retry: number;
  /** Waits that the log has. */
  readonly seen: number;
  readonly medianSeconds: number;
  /** A tenth of the waits is shorter, and a tenth longer. */
  readonly lowSeconds: number;
  readonly highSeconds: number;
}

/** Later retries are told by no more than a few messages. */
const MOST_RETRIES = 20;
/** Fewer waits than this are an accident. */
const FEWEST_SEEN = 3;

/** The waits of a sender from try to try, by the number of the retry. Memory is bounded. */
export class OwnRetries {
  readonly #waits = Array.from({ length: MOST_RETRIES }, () => new Sample());

  note(retry: number, seconds: number): void {
    this.#waits[retry - 1]?.add(seconds);
  }

  /** The retries from the first on, up to one that was hardly seen. */
  found(): OwnRetry[] {
    const end = this.#waits.findIndex(({ seen }) => seen < FEWEST_SEEN);
    return this.#waits.slice(0, end < 0 ? undefined : end).map((sample, i) => ({
      retry: i + 1,
      seen: sample.seen,
      medianSeconds: sample.quantile(0.5),
      lowSeconds: sample.quantile(0.1),
      highSeconds: sample.quantile(0.9),
    }));
  }
}

const MOST_KEPT = 1024;

/** Every so many-th of the values, so that the whole time of a log is in it. */
class Sample {
  seen = 0;
  #every = 1;
  #kept: number[] = [];

  add(value: number): void {
    if (this.seen % this.#every === 0) this.#kept.push(value);
    this.seen += 1;
    if (this.#kept.length < MOST_KEPT) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  quantile(share: number): number {
    const sorted = this.#kept.toSorted((a, b) => a - b);
    return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  }
}
