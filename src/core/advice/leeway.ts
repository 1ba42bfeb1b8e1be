/**
 * How much later all queue scans may come, in whole seconds, with each try still made by the same scan
 * and with the same outcome: every comparison on the way narrows it. So a span of phases is followed
 * once, and not second by second.
 * Scans every 300 s at 10 s, 310 s...; mail sleeps until 300 s: the second takes it up, at phase 10 as at
 * 299 -> a leeway of 289.
 */
export class Leeway {
  #seconds = Number.POSITIVE_INFINITY;

  get seconds(): number {
    return this.#seconds;
  }

  /** Holds while `value`, which grows by `slope` for each second, is at most `limit`. */
  atMost(value: number, slope: number, limit: number): void {
    if (slope > 0) this.#narrow(Math.floor((limit - value) / slope));
  }

  /** Holds while `value`, which grows by `slope` for each second, is below `limit`. */
  below(value: number, slope: number, limit: number): void {
    if (slope > 0) this.#narrow(Math.ceil((limit - value) / slope) - 1);
  }

  #narrow(seconds: number): void {
    this.#seconds = Math.min(this.#seconds, seconds);
  }
}
