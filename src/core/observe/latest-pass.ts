/** When something last got in, and when the last other thing did. */
export class LatestPass {
  #at = Number.NEGATIVE_INFINITY;
  #id = Number.NaN;
  #otherAt = Number.NEGATIVE_INFINITY;

  note(at: number, id: number): void {
    if (id !== this.#id) {
      this.#otherAt = this.#at;
      this.#id = id;
    }
    this.#at = at;
  }

  /** When anything but this got in last; minus infinity: never. */
  otherThan(id: number): number {
    return id === this.#id ? this.#otherAt : this.#at;
  }
}
