/** A window to hold tries against; both edges belong to it. */
export interface LandingWindow {
  readonly opensSeconds: number;
  readonly closesSeconds: number;
  /** A try before the opening starts the wait again. */
  readonly restartsTimer: boolean;
}

/**
 * When tries against a window land, over every phase and every chance. A try behind the closing
 * edge starts anew (RFC 6647 §5): later ages count from it.
 */
export interface Landing {
  /** Seconds after the first try at which the mail can get through: earliest and latest. */
  readonly earliestSeconds: number | null;
  readonly latestSeconds: number | null;
  /** Share of the cases in which no try lands; null: some, by chance, and not reckoned. */
  readonly missChance: number | null;
  /** The last retry of the case that went on for longest without landing; null where all land. */
  readonly lastTrySeconds: number | null;
  /** Which retry lands, counted from 1: fewest and most. */
  readonly retry: readonly [number, number] | null;
}

/** Gathers the extremes. What joins cases may reach beyond the end of the tries: that is cut off. */
export class LandingTally {
  readonly #endSeconds: number;
  #earliest = Number.POSITIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;
  #retries: [number, number] | null = null;
  #lastTry: number | null = null;

  /** After `endSeconds` the sender tries no more; null: it never gives up. */
  constructor(endSeconds: number | null = null) {
    this.#endSeconds = endSeconds ?? Number.POSITIVE_INFINITY;
  }

  landed(earliest: number, latest: number, retry: number): void {
    this.#earliest = Math.min(this.#earliest, earliest);
    this.#latest = Math.max(this.#latest, Math.min(latest, this.#endSeconds));
    const [fewest, most] = this.#retries ?? [retry, retry];
    this.#retries = [Math.min(fewest, retry), Math.max(most, retry)];
  }

  /** Gave up without landing; `lastTry` is when its last try was made. */
  missed(lastTry: number): void {
    this.#lastTry = Math.max(this.#lastTry ?? 0, Math.min(lastTry, this.#endSeconds));
  }

  /** By chance alone: sure, impossible, or open. */
  resultByChance(): Landing {
    if (this.#lastTry === null) return this.result(0);
    return this.result(this.#retries === null ? 1 : null);
  }

  result(missChance: number | null): Landing {
    const any = this.#retries !== null;
    return {
      earliestSeconds: any ? this.#earliest : null,
      latestSeconds: any ? this.#latest : null,
      missChance,
      lastTrySeconds: this.#lastTry,
      retry: this.#retries,
    };
  }
}
