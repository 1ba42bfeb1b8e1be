import type { Clock } from '../../model/ports/clock.js';
import type { ConnectionLimits } from '../../model/ports/dialer.js';

const HOUR_MS = 3_600_000;

/** What is remembered of an address. Times are of the monotonic clock. */
interface Account {
  /** Connections that are open now. */
  open: number;
  endedMs: number | null;
  /** Beginnings within the last hour, oldest first. */
  begunMs: number[];
  /** The host asked to stop: nobody connects until then. */
  restsUntilMs: number;
}

/**
 * What this process did to each mail host, by its address and over all runs, and from when on the next
 * connection is polite. Forgets an address after an hour without a connection.
 *
 *   pause 1 s, connection from 0 s to 2 s             -> free at 3 s
 *   2 an hour, connections begun at 0 s and at 10 s   -> free at 3600 s
 */
export class Ledger {
  readonly #clock: Clock;
  /** In the order of the last beginnings. */
  readonly #accounts = new Map<string, Account>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#accounts.size;
  }

  /** When a connection is polite; in the past where it is now. While one is open: as if it ended now. */
  freeAtMs(address: string, limits: ConnectionLimits): number {
    const account = this.#accounts.get(address);
    if (account === undefined) return 0;
    const { begunMs, restsUntilMs } = account;
    const endedMs = account.open > 0 ? this.#clock.read().monotonicMs : account.endedMs;
    const pause = endedMs === null ? 0 : endedMs + limits.secondsBetweenConnections * 1000;
    const oldest = begunMs.at(-limits.connectionsPerHour);
    return Math.max(restsUntilMs, pause, oldest === undefined ? 0 : oldest + HOUR_MS);
  }

  /** A connection begins. Gives what is to be called when it has ended; again it does nothing. */
  begin(address: string): () => void {
    const nowMs = this.#clock.read().monotonicMs;
    const known = this.#accounts.get(address);
    const account = known ?? { open: 0, endedMs: null, begunMs: [], restsUntilMs: 0 };
    account.open += 1;
    account.begunMs = [...account.begunMs.filter((begun) => begun > nowMs - HOUR_MS), nowMs];
    this.#accounts.delete(address);
    this.#accounts.set(address, account);
    this.#forget(nowMs);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      account.open -= 1;
      account.endedMs = this.#clock.read().monotonicMs;
    };
  }

  /** The host asked to stop, with 421: it is left alone for so long. */
  rest(address: string, seconds: number): void {
    const account = this.#accounts.get(address);
    if (account === undefined) return;
    const untilMs = this.#clock.read().monotonicMs + seconds * 1000;
    account.restsUntilMs = Math.max(account.restsUntilMs, untilMs);
  }

  #forget(nowMs: number): void {
    for (const [address, { open, begunMs, restsUntilMs }] of this.#accounts) {
      const isRecent = (begunMs.at(-1) ?? 0) > nowMs - HOUR_MS;
      if (isRecent || open > 0 || restsUntilMs > nowMs) return;
      this.#accounts.delete(address);
    }
  }
}
