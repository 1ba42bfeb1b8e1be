/** Why the lines of a client cannot be read on. */
export type LineFault = 'bare-lf' | 'too-long';

/** Cuts what a client sends into lines that end with CR LF, and keeps no more than one line of it. */
export class LineSplitter {
  readonly #limit: number;
  #rest = '';

  /** `limit` is in bytes, CR LF included (RFC 5321 §4.5.3.1.4 asks for 512 at least). */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines that are complete now, without their ends; or what is wrong with them. */
  *push(chunk: Buffer): Generator<string | { readonly fault: LineFault }> {
    this.#rest += chunk.toString('latin1');
    for (;;) {
      const end = this.#rest.indexOf('\n');
      if (end + 1 > this.#limit || (end < 0 && this.#rest.length > this.#limit)) {
        yield { fault: 'too-long' };
        return;
      }
      if (end < 0) return;
      const line = this.#rest.slice(0, end + 1);
      this.#rest = this.#rest.slice(end + 1);
      if (!line.endsWith('\r\n')) {
        yield { fault: 'bare-lf' };
        return;
      }
      yield Buffer.from(line.slice(0, -2), 'latin1').toString('utf8');
    }
  }
}
