import type { Clock } from '../../model/ports/clock.js';
import type {
  ConnectionLimits,
  Dialer,
  Dialled,
  DialRequest,
  Session,
  Whom,
} from '../../model/ports/dialer.js';
import type { Reply, Stage, TransactionEnd } from '../../model/smtp.js';
import type { ClockReading } from '../../model/time.js';
import { limitsSession } from '../run/session-limit.js';
import { asksToStop } from './asks-to-stop.js';
import { hostKey, Ledger } from './ledger.js';
import { restText } from './rest-text.js';

/** What holds for every connection. How many an hour is for each run to say, and to plan with. */
const LIMITS: ConnectionLimits = {
  secondsBetweenConnections: 1,
  connectionsPerHour: Number.POSITIVE_INFINITY,
};

/** How soon to look again where another process was faster. */
const FASTER_MS = 20;

/**
 * A dialer for several runs at once that stays polite: one connection at a time to an address, and a
 * second between two, whichever runs they belong to; and a few at a time to an operator. Runs learn
 * from `freeAtMs` what the others did, and from `restOf` who asked to stop.
 */
export function createSharedDialer(
  dialer: Dialer,
  clock: Clock,
  ledger: Ledger = new Ledger(clock),
): Dialer {
  const turns = new Turns(clock, ledger);
  return {
    async dial(request, signal) {
      const whom = whomOf(request);
      const done = await turns.take(whom, signal);
      const rest = ledger.restOf(whom);
      if (rest !== null) {
        done();
        return { session: null, end: notAsked(restText(whom, rest), clock.read()) };
      }
      return dialListening(dialer, request, signal, { onStop: () => ledger.stop(whom), done });
    },
    freeAtMs: (whom, asked) => ledger.freeAtMs(whom, asked),
    restOf: (whom) => ledger.restOf(whom),
  };
}

/** Dials, and hears whether the host asks to stop; `done` once the connection has ended. */
export async function dialListening(
  dialer: Dialer,
  request: DialRequest,
  signal: AbortSignal | undefined,
  { onStop, done }: { readonly onStop: () => void; readonly done: () => void },
): Promise<Dialled> {
  const heard = (reply: Reply | null, stage: Stage) => {
    if (reply !== null && asksToStop(reply, stage)) onStop();
  };
  const dialled = await dialer.dial(request, signal).catch((error: unknown) => {
    done();
    throw error;
  });
  if (dialled.session === null) {
    heard(dialled.end.reply, dialled.end.stage);
    done();
    return dialled;
  }
  return { session: releasing(dialled.session, heard, done), end: null };
}

/** Whom a request connects to, as manners know it. */
export function whomOf({
  address,
  port,
  hostName,
}: Pick<DialRequest, 'address' | 'port' | 'hostName'>): Whom {
  return { address, port, name: hostName };
}

function notAsked(says: string, at: ClockReading): TransactionEnd {
  const failure = { code: 'left-alone', message: `Not asked: ${says}.` } as const;
  return { stage: 'connect', reply: null, failure, sent: at, replied: at };
}

/** The session, giving its turn back once it has quit. */
function releasing(
  session: Session,
  heard: (reply: Reply | null, stage: Stage) => void,
  done: () => void,
): Session {
  let isFirst = true;
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
      const { reply, stage } = end;
      // What the session may hold is no word about connections.
      if (isFirst || reply === null || !limitsSession(reply, stage)) heard(reply, stage);
      isFirst = false;
      return end;
    },
    async quit() {
      await session.quit();
      heard(session.unasked, 'connect');
      done();
    },
  };
}

/** Who may connect to an address, first come first served. */
class Turns {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  /** By address: resolves when all turns that were taken have ended. */
  readonly #tails = new Map<string, Promise<void>>();

  constructor(clock: Clock, ledger: Ledger) {
    this.#clock = clock;
    this.#ledger = ledger;
  }

  /** Waits for the turn, and gives the function that ends it. An aborted wait is a turn as well. */
  async take(whom: Whom, signal?: AbortSignal): Promise<() => void> {
    const address = hostKey(whom);
    const before = this.#tails.get(address) ?? Promise.resolve();
    let pass = () => {};
    const mine = new Promise<void>((resolve) => {
      pass = resolve;
    });
    const tail = before.then(() => mine);
    this.#tails.set(address, tail);
    const begun = before.then(() => this.#begin(whom, signal));
    await untilAborted(begun, signal);
    return () => {
      void begun.then((end) => {
        end();
        if (this.#tails.get(address) === tail) this.#tails.delete(address);
        pass();
      });
    };
  }

  /** Until it is polite, and no other process was faster. Gives what ends the connection. */
  async #begin(whom: Whom, signal: AbortSignal | undefined): Promise<() => void> {
    while (signal?.aborted !== true && this.#ledger.restOf(whom) === null) {
      const freeMs = this.#ledger.freeAtMs(whom, LIMITS);
      if (freeMs > this.#clock.read().monotonicMs) {
        await this.#clock.sleepUntil(freeMs, signal).catch((reason: unknown) => {
          if (signal?.aborted !== true) throw reason;
        });
        continue;
      }
      const end = this.#ledger.begin(whom);
      if (end !== null) return end;
      await this.#clock.sleepUntil(this.#clock.read().monotonicMs + FASTER_MS);
    }
    return () => {};
  }
}

/** Resolves with the promise, or as soon as the signal aborts. Leaves no listener behind. */
async function untilAborted(
  promise: Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal === undefined) {
    await promise;
    return;
  }
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
