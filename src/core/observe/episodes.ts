import { RecentMap } from './recent-map.js';

/** Keys whose last refusal is remembered, at least. */
const MOST_KEYS = 16_384;

/** Since when something that shares a key has been refused, without a pass. */
export interface Episode {
  readonly from: number;
  last: number;
  refusals: number;
}

/** The episodes of all lists; the hash of a key names the list as well. */
export class Episodes {
  readonly #byKey = new RecentMap<Episode>(MOST_KEYS);

  get dropped(): number {
    return this.#byKey.dropped;
  }

  get(key: number): Episode | undefined {
    return this.#byKey.get(key);
  }

  /** A refusal that ended `at`; the tuple can have been seen since `from`. */
  note(key: number, at: number, from: number): void {
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.last = Math.max(known.last, at);
      known.refusals += 1;
      return;
    }
    this.#byKey.set(key, { from, last: at, refusals: 1 });
  }

  /** What passed is known from now on; whoever waits anew begins anew. */
  forget(key: number): void {
    this.#byKey.delete(key);
  }
}
