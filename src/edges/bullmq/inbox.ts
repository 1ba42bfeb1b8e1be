/** What came for somebody who takes one after the other. Closed, it gives null to whoever takes from it. */
export class Inbox<T> {
  readonly #come: T[] = [];
  readonly #waiting: ((item: T | null) => void)[] = [];
  #isClosed = false;
  #close = () => {};
  readonly closed = new Promise<void>((resolve) => {
    this.#close = resolve;
  });

  push(item: T): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next(item);
    else if (!this.#isClosed) this.#come.push(item);
  }

  close(): void {
    this.#isClosed = true;
    this.#close();
    for (const next of this.#waiting.splice(0)) next(null);
  }

  /** The next one; null where it is closed, or none has come within so many milliseconds. */
  take(withinMs: number): Promise<T | null> {
    const first = this.#come.shift();
    if (first !== undefined) return Promise.resolve(first);
    if (this.#isClosed) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(given), 1);
        resolve(null);
      }, withinMs);
      const given = (item: T | null) => {
        clearTimeout(timer);
        resolve(item);
      };
      this.#waiting.push(given);
    });
  }
}
