import type { Clock } from '../../model/ports/clock.js';
import type { ConnectionLimits, Rest, Whom } from '../../model/ports/dialer.js';
import { registeredDomain } from '../../model/values/registered-domain.js';

const HOUR_MS = 3_600_000;
const LONG_AGO_MS = Number.NEGATIVE_INFINITY;

/** Of one operator, over all its addresses; and four times as many an hour as to one of them. */
const OPERATOR_AT_A_TIME = 4;
export const OPERATOR_ADDRESSES = 4;

/** A host that asked to stop is left alone for so long, and so is its operator. */
const REST_MS = HOUR_MS;

/** What happened, as all who keep one ledger tell each other; each knows the others' in one order. */
export type LedgerEntry = { readonly wallMs: number } & (
  | { readonly what: 'begin'; readonly id: string; readonly by: string; readonly whom: Whom }
  | { readonly what: 'end'; readonly id: string }
  /** The host asked to stop. */
  | { readonly what: 'stop'; readonly whom: Whom }
  /** A process died; what it had open has ended. */
  | { readonly what: 'gone'; readonly by: string }
);

/** Where several processes tell each other. */
export interface LedgerLog {
  /** This process. */
  readonly by: string;
  append(entry: LedgerEntry): void;
  /** Entries since the last call, of all processes, in the order that all of them see. */
  read(): readonly LedgerEntry[];
  lives(by: string): boolean;
}

/** What is remembered of an address or an operator. Times are of the monotonic clock. */
interface Account {
  readonly open: Set<string>;
  endedMs: number | null;
  /** Beginnings within the last hour, oldest first. */
  readonly begunMs: number[];
  stoppedMs: number | null;
}

interface OpenConnection {
  readonly by: string;
  readonly accounts: readonly Account[];
}

/** Ends a connection; again it does nothing. */
type EndConnection = () => void;

/**
 * What was done to each mail host and each operator, over all runs, and by all processes that share a
 * log; and from when on the next connection is polite. Forgets after an hour.
 *
 *   pause 1 s, connection from 0 s to 2 s             -> free at 3 s
 *   2 an hour, connections begun at 0 s and at 10 s   -> free at 3600 s
 *
 * What two processes begin at the same moment, the first in the log has: all of them see one order.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #log: LedgerLog;
  /** In the order of the last beginnings. */
  readonly #addresses = new Map<string, Account>();
  readonly #operators = new Map<string, Account>();
  readonly #open = new Map<string, OpenConnection>();
  #last = 0;

  constructor(clock: Clock, log: LedgerLog = ownLog()) {
    this.#clock = clock;
    this.#log = log;
  }

  /** How many addresses and operators are remembered. */
  get size(): number {
    return this.#addresses.size + this.#operators.size;
  }

  /**
   * When a connection is polite; in the past where it is now. While as many are open as may be: as if
   * one ended now.
   */
  freeAtMs(whom: Whom, limits: ConnectionLimits): number {
    this.#catchUp();
    const { connectionsPerHour, secondsBetweenConnections } = limits;
    const address = this.#addresses.get(hostKey(whom));
    const operator = this.#operatorOf(whom);
    const pauseMs = secondsBetweenConnections * 1000;
    return Math.max(
      address === undefined ? 0 : this.#freeMs(address, 1, connectionsPerHour, pauseMs),
      operator === undefined
        ? 0
        : this.#freeMs(operator, OPERATOR_AT_A_TIME, connectionsPerHour * OPERATOR_ADDRESSES, 0),
    );
  }

  /** Who asked to stop, where the host or its operator is left alone for that; null: nobody. */
  restOf(whom: Whom): Rest | null {
    this.#catchUp();
    const parties = [
      { who: whom.address, account: this.#addresses.get(hostKey(whom)) },
      { who: operatorOf(whom) ?? '', account: this.#operatorOf(whom) },
    ];
    const now = this.#clock.read();
    for (const { who, account } of parties) {
      const stoppedMs = account?.stoppedMs ?? null;
      if (stoppedMs === null || stoppedMs + REST_MS <= now.monotonicMs) continue;
      const saidWallMs = Math.round(now.wallMs - (now.monotonicMs - stoppedMs));
      return { who, saidWallMs, untilWallMs: saidWallMs + REST_MS };
    }
    return null;
  }

  /**
   * A connection begins. Gives what is to be called when it has ended; null where another process was
   * faster: ask `freeAtMs` again.
   */
  begin(whom: Whom): EndConnection | null {
    this.#last += 1;
    const id = `${this.#log.by}-${this.#last}`;
    const { wallMs } = this.#clock.read();
    this.#log.append({ what: 'begin', id, by: this.#log.by, whom, wallMs });
    this.#catchUp();
    if (!this.#open.has(id)) return null;
    return () => {
      if (!this.#open.has(id)) return;
      this.#log.append({ what: 'end', id, wallMs: this.#clock.read().wallMs });
      this.#catchUp();
    };
  }

  /** The host asked to stop: it is left alone for an hour, and its operator. */
  stop(whom: Whom): void {
    this.#log.append({ what: 'stop', whom, wallMs: this.#clock.read().wallMs });
    this.#catchUp();
  }

  #freeMs(account: Account, atATime: number, perHour: number, pauseMs: number): number {
    const { begunMs, stoppedMs } = account;
    const isFull = account.open.size >= atATime && !this.#buryTheDead(account);
    const nowMs = this.#clock.read().monotonicMs;
    const endedMs = isFull ? nowMs : account.endedMs;
    // Who waits for one of several to end looks again soon.
    const pause = endedMs === null ? 0 : endedMs + (isFull ? Math.max(pauseMs, 200) : pauseMs);
    const oldest = begunMs.at(-perHour);
    return Math.max(
      stoppedMs === null ? 0 : stoppedMs + REST_MS,
      pause,
      oldest === undefined ? 0 : oldest + HOUR_MS,
    );
  }

  /** Ends what processes have open that are gone. True where that made room. */
  #buryTheDead(account: Account): boolean {
    const { size } = account.open;
    const holders = new Set([...account.open].map((id) => this.#open.get(id)?.by ?? ''));
    for (const by of holders) {
      if (by === this.#log.by || this.#log.lives(by)) continue;
      this.#log.append({ what: 'gone', by, wallMs: this.#clock.read().wallMs });
    }
    this.#catchUp();
    return account.open.size < size;
  }

  #catchUp(): void {
    for (const entry of this.#log.read()) this.#apply(entry);
  }

  #apply(entry: LedgerEntry): void {
    const atMs = this.#monotonicMs(entry.wallMs);
    switch (entry.what) {
      case 'begin':
        this.#begin(entry, atMs);
        return;
      case 'end':
        this.#end(entry.id, atMs);
        return;
      case 'stop':
        for (const account of this.#accountsOf(entry.whom)) account.stoppedMs = atMs;
        return;
      case 'gone':
        for (const [id, { by }] of this.#open) if (by === entry.by) this.#end(id, atMs);
        return;
    }
  }

  /** The same for all processes: what is open decides, and the log's order says what that is. */
  #begin({ id, by, whom }: Extract<LedgerEntry, { what: 'begin' }>, atMs: number): void {
    const [address, operator] = this.#accountsOf(whom);
    if (address.open.size > 0 || (operator?.open.size ?? 0) >= OPERATOR_AT_A_TIME) return;
    const accounts = operator === undefined ? [address] : [address, operator];
    for (const account of accounts) {
      account.open.add(id);
      while ((account.begunMs[0] ?? atMs) <= atMs - HOUR_MS) account.begunMs.shift();
      account.begunMs.push(atMs);
    }
    this.#open.set(id, { by, accounts });
    this.#forget(this.#addresses, atMs);
    this.#forget(this.#operators, atMs);
  }

  #end(id: string, atMs: number): void {
    const connection = this.#open.get(id);
    if (connection === undefined) return;
    this.#open.delete(id);
    for (const account of connection.accounts) {
      account.open.delete(id);
      account.endedMs = atMs;
    }
  }

  /** The accounts of a connection that begins now, moved to the end of their maps. */
  #accountsOf(whom: Whom): readonly [Account, ...Account[]] {
    const address = touched(this.#addresses, hostKey(whom));
    const operator = operatorOf(whom);
    return operator === null ? [address] : [address, touched(this.#operators, operator)];
  }

  #operatorOf(whom: Whom): Account | undefined {
    const operator = operatorOf(whom);
    return operator === null ? undefined : this.#operators.get(operator);
  }

  /** Entries carry the wall clock, which all processes of a machine share. None is from the future. */
  #monotonicMs(wallMs: number): number {
    const now = this.#clock.read();
    return Math.min(now.monotonicMs, now.monotonicMs - (now.wallMs - wallMs));
  }

  #forget(accounts: Map<string, Account>, nowMs: number): void {
    for (const [key, { open, begunMs, stoppedMs }] of accounts) {
      const lastMs = Math.max(begunMs.at(-1) ?? LONG_AGO_MS, stoppedMs ?? LONG_AGO_MS);
      if (open.size > 0 || lastMs > nowMs - HOUR_MS) return;
      accounts.delete(key);
    }
  }
}

/**
 * What a host is told from others by: its address. On loopback each port is a host of its own, since
 * those who try things run several there.
 */
export function hostKey({ address, port }: Whom): string {
  return LOOPBACK.test(address) ? `${address} ${port}` : address;
}

const LOOPBACK = /^(?:127\.|::1$)/u;

const OPERATORS = new Map<string, string | null>();
const MOST_OPERATORS = 10_000;

/** Who runs the host: the registered domain of its name. Null: it has no name. */
export function operatorOf({ name, address }: Whom): string | null {
  if (name === null || name === address) return null;
  const known = OPERATORS.get(name);
  if (known !== undefined) return known;
  const found = registeredDomain(name);
  if (OPERATORS.size >= MOST_OPERATORS) OPERATORS.clear();
  OPERATORS.set(name, found);
  return found;
}

function touched(accounts: Map<string, Account>, key: string): Account {
  const account = accounts.get(key) ?? {
    open: new Set(),
    endedMs: null,
    begunMs: [],
    stoppedMs: null,
  };
  accounts.delete(key);
  accounts.set(key, account);
  return account;
}

/** For a process that shares its ledger with no other one. */
function ownLog(): LedgerLog {
  let entries: LedgerEntry[] = [];
  return {
    by: 'own',
    append: (entry) => entries.push(entry),
    read: () => {
      const read = entries;
      entries = [];
      return read;
    },
    lives: () => true,
  };
}
