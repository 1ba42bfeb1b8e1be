/** A tuple that was offered in one connection, then left alone until another. */
export interface Crossing {
  readonly planted: number;
  readonly session: number;
}

/**
 * Connections that surely met the same list. A tuple left alone that passes shows it of two: who let it
 * in knows whom it met, and the tuple had been offered in one other connection only.
 *
 * `(1 -> 7), (2 -> 7)  ->  1, 2 and 7 met one list`
 */
export class LinkedSessions {
  readonly #parents = new Map<number, number>();

  constructor(passes: readonly Crossing[]) {
    for (const { planted, session } of passes) {
      this.#parents.set(this.#rootOf(planted), this.#rootOf(session));
    }
  }

  /** Both connections met the same list; false where nothing shows it. */
  areLinked(one: number, other: number): boolean {
    return this.#rootOf(one) === this.#rootOf(other);
  }

  #rootOf(session: number): number {
    const parent = this.#parents.get(session);
    return parent === undefined || parent === session ? session : this.#rootOf(parent);
  }
}
