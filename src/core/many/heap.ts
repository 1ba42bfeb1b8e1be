/** What waits until its time, earliest first: a binary heap. Those of one time come in no set order. */
export class DueHeap<T> {
  readonly #items: { readonly dueMs: number; readonly item: T }[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** When the earliest is due; null: nothing waits. */
  get nextMs(): number | null {
    return this.#items[0]?.dueMs ?? null;
  }

  push(dueMs: number, item: T): void {
    const items = this.#items;
    let at = items.length;
    items.push({ dueMs, item });
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#dueAt(above) <= dueMs) return;
      this.#swap(above, at);
      at = above;
    }
  }

  /** Takes the earliest away; undefined: nothing waits. */
  pop(): { readonly dueMs: number; readonly item: T } | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first;
    items[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const least = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left;
      if (this.#dueAt(least) >= last.dueMs) return first;
      this.#swap(least, at);
      at = least;
    }
  }

  /** All that waits is due at once. */
  hurry(): void {
    for (const [index, { item }] of this.#items.entries()) {
      this.#items[index] = { dueMs: Number.NEGATIVE_INFINITY, item };
    }
  }

  #dueAt(index: number): number {
    return this.#items[index]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#items[one], this.#items[other]];
    if (a === undefined || b === undefined) return;
    this.#items[one] = b;
    this.#items[other] = a;
  }
}
