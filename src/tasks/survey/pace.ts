/** Hosts a second: at the beginning, and at most where nothing else is said. */
const FIRST_PER_SECOND = 1;
/** Doubled so often; after somebody asked to stop, only so often. */
const DOUBLED_EVERY_MS = 1000;
const DOUBLED_AFTER_STOP_MS = 60_000;

/** A survey ends where so many hosts, and this share of those asked, asked it to stop or block it. */
const FEWEST_STOPS = 3;
const STOP_SHARE = 0.01;

/**
 * How fast new hosts are taken: 1, 2, 4, ... a second up to the most; half as many at each host that asks
 * to stop or says that it blocks us, and too many of those end it all.
 */
export class Pace {
  readonly #mostPerSecond: number;
  #perSecond = FIRST_PER_SECOND;
  #doubleEveryMs = DOUBLED_EVERY_MS;
  #changedMs: number;
  #nextMs: number;
  #hosts = 0;
  #stops = 0;

  constructor(nowMs: number, mostPerSecond: number) {
    this.#mostPerSecond = mostPerSecond;
    this.#changedMs = nowMs;
    this.#nextMs = nowMs;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  get stops(): number {
    return this.#stops;
  }

  /** Takes the next place: when a new host may be connected to. */
  nextMs(nowMs: number): number {
    const mine = Math.max(nowMs, this.#nextMs);
    while (mine - this.#changedMs >= this.#doubleEveryMs) {
      this.#changedMs += this.#doubleEveryMs;
      this.#perSecond = Math.min(this.#mostPerSecond, this.#perSecond * 2);
    }
    this.#nextMs = mine + 1000 / this.#perSecond;
    this.#hosts += 1;
    return mine;
  }

  /** A host asked to stop, or said that it blocks us. */
  stop(nowMs: number): void {
    this.#stops += 1;
    this.#perSecond = Math.max(FIRST_PER_SECOND, this.#perSecond / 2);
    this.#doubleEveryMs = DOUBLED_AFTER_STOP_MS;
    this.#changedMs = nowMs;
  }

  get isOver(): boolean {
    return this.#stops >= FEWEST_STOPS && this.#stops >= this.#hosts * STOP_SHARE;
  }
}
