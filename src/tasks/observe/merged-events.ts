import { SmallHeap } from '../../edges/system/small-heap.js';
import type { LogEvent } from '../../mail/logs/events.js';
import { LogScanner } from '../../mail/logs/log-scanner.js';
import { FileClock, tellZone } from './file-clock.js';
import type { LogInput } from './log-inputs.js';

/** What was read so far. */
export interface ReadSoFar {
  bytes: number;
  lines: number;
  longLines: number;
}

/** Takes an event and when it happened, in seconds. */
export type TimedHandler = (event: LogEvent, at: number) => void;

interface Timed {
  readonly event: LogEvent;
  readonly at: number;
}

/**
 * Hands out what happened in several logs in the order of time: logs that follow each other one after
 * the other, those of several machines together.
 */
export async function readMerged(
  inputs: readonly LogInput[],
  progress: ReadSoFar,
  handle: TimedHandler,
): Promise<void> {
  const waiting = [...inputs];
  const heap = new SmallHeap();
  let open: Cursor[] = [];
  for (;;) {
    const [first] = open;
    if (first === undefined) {
      const next = waiting.shift();
      if (next === undefined) return;
      open = await opened(new Cursor(next, progress, heap), open);
      continue;
    }
    const earliest = open.reduce((a, b) => (b.at < a.at ? b : a), first);
    const next = waiting[0];
    if (next !== undefined && next.begins !== null && next.begins <= earliest.last) {
      waiting.shift();
      open = await opened(new Cursor(next, progress, heap), open);
      continue;
    }
    const others = open.filter((one) => one !== earliest).map(({ at }) => at);
    if (!(await earliest.drain(Math.min(...others), handle))) {
      open = open.filter((one) => one !== earliest);
    }
  }
}

async function opened(cursor: Cursor, open: readonly Cursor[]): Promise<Cursor[]> {
  return (await cursor.fill()) ? [...open, cursor] : [...open];
}

/** A log that is being read. */
class Cursor {
  readonly #chunks: AsyncGenerator<Buffer>;
  readonly #scanner: LogScanner;
  readonly #clock: FileClock;
  readonly #progress: ReadSoFar;
  readonly #heap: SmallHeap;
  #batch: Timed[] = [];
  #next = 0;
  #latest: number;
  #ended = false;

  constructor(input: LogInput, progress: ReadSoFar, heap: SmallHeap) {
    this.#heap = heap;
    this.#chunks = input.chunks();
    this.#clock = new FileClock(input.year, input.offset);
    this.#progress = progress;
    this.#latest = input.begins ?? 0;
    this.#scanner = new LogScanner((event) => this.#take(event), {
      arrivals: true,
      removals: false,
    });
  }

  /** When its next event happened. */
  get at(): number {
    return this.#batch[this.#next]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** When the last event happened that was read of it. */
  get last(): number {
    return this.#batch.at(-1)?.at ?? this.#latest;
  }

  /** Reads on until there is an event. False at the end. */
  async fill(): Promise<boolean> {
    this.#batch = [];
    this.#next = 0;
    while (this.#batch.length === 0 && !this.#ended) {
      const { lines, longLines } = this.#scanner;
      const chunk = await this.#chunks.next();
      if (chunk.done === true) {
        this.#ended = true;
        this.#scanner.end();
      } else {
        this.#progress.bytes += chunk.value.length;
        this.#scanner.feed(chunk.value);
        this.#heap.check();
      }
      this.#progress.lines += this.#scanner.lines - lines;
      this.#progress.longLines += this.#scanner.longLines - longLines;
    }
    return this.#batch.length > 0;
  }

  /** Hands out the events up to a time, or all that were read. False at the end of the log. */
  async drain(until: number, handle: TimedHandler): Promise<boolean> {
    const batch = this.#batch;
    let next = this.#next;
    do {
      const timed = batch[next];
      if (timed === undefined) break;
      handle(timed.event, timed.at);
      next += 1;
    } while (next < batch.length && (batch[next]?.at ?? 0) <= until);
    this.#next = next;
    return next < batch.length || this.fill();
  }

  /** Events without a time happened when the one before them did. */
  #take(event: LogEvent): void {
    tellZone(this.#clock, event);
    const at = this.#clock.seconds(event.when) ?? this.#latest;
    this.#latest = at;
    this.#batch.push({ event, at });
  }
}
