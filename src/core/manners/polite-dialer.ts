import type { Clock } from '../../model/ports/clock.js';
import type { ConnectionLimits, Dialer, Session } from '../../model/ports/dialer.js';
import type { Reply } from '../../model/smtp.js';
import { Ledger } from './ledger.js';

export interface SharedLimits {
  readonly secondsBetweenConnections: number;
  /** How long nobody connects to a host that asked to stop, with 421. Left out: not at all. */
  readonly restSeconds?: number;
}

/**
 * A dialer for several runs at once that stays polite: one connection at a time to an address, and a
 * pause between two, whichever runs they belong to. Runs learn from `freeAtMs` what the others did.
 */
export function createSharedDialer(dialer: Dialer, clock: Clock, limits: SharedLimits): Dialer {
  const ledger = new Ledger(clock);
  const turns = new Turns(clock, ledger, {
    ...limits,
    // How many an hour is for each run to say, and to plan with.
    connectionsPerHour: Number.POSITIVE_INFINITY,
  });
  const { restSeconds = 0 } = limits;
  return {
    async dial(request, signal) {
      const { address } = request;
      const done = await turns.take(address, signal);
      const heard = (reply: Reply | null) => {
        if (reply?.code === 421) ledger.rest(address, restSeconds);
      };
      const dialled = await dialer.dial(request, signal).catch((error: unknown) => {
        done();
        throw error;
      });
      if (dialled.session === null) {
        heard(dialled.end.reply);
        done();
        return dialled;
      }
      return { session: releasing(dialled.session, heard, done), end: null };
    },
    freeAtMs: (address, asked) => ledger.freeAtMs(address, asked),
  };
}

/** The session, giving its turn back once it has quit. */
function releasing(
  session: Session,
  heard: (reply: Reply | null) => void,
  done: () => void,
): Session {
  return {
    facts: session.facts,
    get open() {
      return session.open;
    },
    get unasked() {
      return session.unasked;
    },
    async transact(request) {
      const end = await session.transact(request);
      heard(end.reply);
      return end;
    },
    async quit() {
      await session.quit();
      heard(session.unasked);
      done();
    },
  };
}

/** Who may connect to an address, first come first served. */
class Turns {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #limits: ConnectionLimits;
  /** By address: resolves when all turns that were taken have ended. */
  readonly #tails = new Map<string, Promise<void>>();

  constructor(clock: Clock, ledger: Ledger, limits: ConnectionLimits) {
    this.#clock = clock;
    this.#ledger = ledger;
    this.#limits = limits;
  }

  /** Waits for the turn, and gives the function that ends it. An aborted wait is a turn as well. */
  async take(address: string, signal?: AbortSignal): Promise<() => void> {
    const before = this.#tails.get(address) ?? Promise.resolve();
    let pass = () => {};
    const mine = new Promise<void>((resolve) => {
      pass = resolve;
    });
    const tail = before.then(() => mine);
    this.#tails.set(address, tail);
    await untilAborted(
      before.then(() => this.#untilFree(address, signal)),
      signal,
    );
    const ended = this.#ledger.begin(address);
    return () => {
      ended();
      if (this.#tails.get(address) === tail) this.#tails.delete(address);
      pass();
    };
  }

  async #untilFree(address: string, signal: AbortSignal | undefined): Promise<void> {
    const freeMs = this.#ledger.freeAtMs(address, this.#limits);
    if (freeMs <= this.#clock.read().monotonicMs) return;
    await this.#clock.sleepUntil(freeMs, signal).catch((reason: unknown) => {
      if (signal?.aborted !== true) throw reason;
    });
  }
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
