const LINE_FEED = 0x0a;
const SEPARATOR = Buffer.from('\nFrom ', 'latin1');
/** `From sender Wed Nov 25 10:15:03 2026`: a line of a letter that begins with "From" has no clock. */
const CLOCK = /^From \S{1,320}\s.{0,40}\d\d:\d\d/;
const LONGEST_LINE = 400;

/**
 * Cuts the mails out of a mailbox file (RFC 4155) that comes in chunks, without the `From sender date`
 * lines between them. What is no mailbox is one mail. Of a mail, at most `mostBytes` are held.
 */
export class MailboxSplitter {
  readonly #mostBytes: number;
  #rest = Buffer.alloc(0);
  #started = false;
  #isMailbox = false;
  #cut = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Mails of which not all could be held. */
  get cut(): number {
    return this.#cut;
  }

  /** The mails that have ended with this chunk. */
  *feed(chunk: Buffer): Generator<Buffer> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (!this.#started) {
      if (this.#rest.length < LONGEST_LINE) return;
      this.#begin();
    }
    if (this.#isMailbox) yield* this.#ended(false);
    this.#bound();
  }

  /** The last mail. */
  *end(): Generator<Buffer> {
    if (!this.#started) this.#begin();
    if (this.#isMailbox) yield* this.#ended(true);
    if (this.#rest.length > 0) yield this.#rest;
    this.#rest = Buffer.alloc(0);
  }

  #begin(): void {
    this.#started = true;
    this.#isMailbox = /^>?From /.test(this.#rest.toString('latin1', 0, 6));
    if (this.#isMailbox) this.#rest = this.#rest.subarray(afterLine(this.#rest, 0));
  }

  *#ended(final: boolean): Generator<Buffer> {
    let at = nextSeparator(this.#rest, 0);
    // The line of a separator may go on in the next chunk.
    while (at >= 0 && (final || this.#rest.includes(LINE_FEED, at + 1))) {
      yield this.#rest.subarray(0, at);
      this.#rest = this.#rest.subarray(afterLine(this.#rest, at + 1));
      at = nextSeparator(this.#rest, 0);
    }
  }

  /** What is longer keeps its beginning, where reports stand, and its end, where the next mail may begin. */
  #bound(): void {
    if (this.#rest.length <= this.#mostBytes + 2 * LONGEST_LINE) return;
    this.#cut += 1;
    const tail = this.#rest.subarray(this.#rest.length - LONGEST_LINE);
    this.#rest = Buffer.concat([this.#rest.subarray(0, this.#mostBytes - LONGEST_LINE), tail]);
  }
}

/** Where the line feed before the next separator stands; -1 without one. An empty line goes before. */
function nextSeparator(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(SEPARATOR, from); at >= 0; at = bytes.indexOf(SEPARATOR, at + 1)) {
    const before = bytes[at - 1] === 0x0d ? bytes[at - 2] : bytes[at - 1];
    const line = bytes.subarray(at + 1, at + 1 + LONGEST_LINE).toString('latin1');
    if (before === LINE_FEED && CLOCK.test(line)) return at;
  }
  return -1;
}

function afterLine(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(LINE_FEED, from);
  return end < 0 ? bytes.length : end + 1;
}
