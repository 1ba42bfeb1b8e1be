import { RecentMap } from './recent-map.js';

/** Keys whose last refusal is remembered, at least. */
const MOST_KEYS = 1024;

/** Since when something that shares a key has been refused, without a pass. */
export interface Episode {
  readonly from: number;
  last: number;
  refusals: number;
}

/** The episodes of one list, which may be kept by one host or by all hosts of a domain. */
export class Episodes {
  readonly #byKey = new RecentMap<string, Episode>(MOST_KEYS);

  get(key: string): Episode | undefined {
    return this.#byKey.get(key);
  }

  /** A refusal that ended `at`; the tuple can have been seen since `from`. */
  note(key: string, at: number, from: number): void {
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.last = Math.max(known.last, at);
      known.refusals += 1;
      return;
    }
    this.#byKey.set(key, { from, last: at, refusals: 1 });
  }

  /** What passed is known from now on; whoever waits anew begins anew. */
  forget(key: string): void {
    this.#byKey.delete(key);
  }
}
