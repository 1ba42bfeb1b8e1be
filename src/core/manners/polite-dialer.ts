import type { Clock } from '../../model/ports/clock.js';
import type { Dialer, DialRequest, Session } from '../../model/ports/dialer.js';

/**
 * A dialer for several runs at once that stays polite: one connection at a time to an address, and a
 * pause between two, whichever runs they belong to.
 */
export function createSharedDialer(dialer: Dialer, clock: Clock, pauseSeconds: number): Dialer {
  const turns = new Turns(clock, pauseSeconds * 1000);
  return {
    async dial(request: DialRequest, signal?: AbortSignal) {
      const done = await turns.take(request.address, signal);
      const dialled = await dialer.dial(request, signal).catch((error: unknown) => {
        done();
        throw error;
      });
      if (dialled.session === null) {
        done();
        return dialled;
      }
      return { session: releasing(dialled.session, done), end: null };
    },
  };
}

/** The session, giving its turn back once it has quit. */
function releasing(session: Session, done: () => void): Session {
  return {
    facts: session.facts,
    get open() {
      return session.open;
    },
    get unasked() {
      return session.unasked;
    },
    transact: (request) => session.transact(request),
    async quit() {
      await session.quit();
      done();
    },
  };
}

/** Who may connect to an address, first come first served. */
class Turns {
  readonly #clock: Clock;
  readonly #pauseMs: number;
  readonly #queues = new Map<string, Queue>();

  constructor(clock: Clock, pauseMs: number) {
    this.#clock = clock;
    this.#pauseMs = pauseMs;
  }

  /** Waits for the turn, and gives the function that ends it. An aborted wait is a turn as well. */
  async take(address: string, signal?: AbortSignal): Promise<() => void> {
    const queue = this.#queueOf(address);
    const before = queue.tail;
    let end = () => {};
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    queue.tail = before.then(() => mine);
    await untilAborted(
      before.then(() => this.#pauseAfter(queue, signal)),
      signal,
    );
    return () => {
      queue.endedMs = this.#clock.read().monotonicMs;
      end();
    };
  }

  async #pauseAfter({ endedMs }: Queue, signal: AbortSignal | undefined): Promise<void> {
    const freeMs = endedMs === null ? 0 : endedMs + this.#pauseMs;
    if (freeMs <= this.#clock.read().monotonicMs) return;
    await this.#clock.sleepUntil(freeMs, signal).catch((reason: unknown) => {
      if (signal?.aborted !== true) throw reason;
    });
  }

  #queueOf(address: string): Queue {
    const known = this.#queues.get(address);
    if (known !== undefined) return known;
    const queue: Queue = { tail: Promise.resolve(), endedMs: null };
    this.#queues.set(address, queue);
    return queue;
  }
}

interface Queue {
  /** Resolves when all turns that were taken have ended. */
  tail: Promise<void>;
  endedMs: number | null;
}

/** Resolves with the promise, or as soon as the signal aborts. Leaves no listener behind. */
async function untilAborted(
  promise: Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal === undefined) return promise;
  let stop = () => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
