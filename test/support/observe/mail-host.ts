import type { Chance } from './random.js';

/*
 * Mail hosts with known truth, for logs that are made. Nothing here knows how `observe` reckons.
 */

interface Reply {
  readonly code: 250 | 450 | 451 | 421;
  readonly text: string;
}

/** Who asks, and for whom. */
export interface Asked {
  readonly client: string;
  readonly sender: string;
  readonly recipient: string;
  readonly message: string;
}

/** `null`: no answer at all. */
export interface SimulatedHost {
  readonly name: string;
  readonly address: string;
  /** The delay of its greylist; null: it has none. */
  readonly delaySeconds: number | null;
  readonly kind: string;
  ask(at: number, asked: Asked): Reply | null;
}

const OK: Reply = { code: 250, text: '2.0.0 Ok: queued as 4XYZ' };

export const GREYLIST_WORDS = [
  '450 4.2.0 <%r>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/dom.example.html',
  '451 4.7.1 Greylisting in action, please come back later',
  '450 4.7.1 <%r>: Recipient address rejected: Greylisted for 5 minutes',
] as const;
const OPEN_WORDS = ['451 4.7.1 Try again later', '450 4.3.2 please try again later'] as const;
const FAULT_WORDS = [
  '451 4.3.0 Temporary lookup failure',
  '452 4.3.1 Insufficient system storage',
  '421 4.3.2 Service shutting down',
] as const;

function reply(words: string, { recipient }: Asked): Reply {
  const code = Number(words.slice(0, 3));
  const text = words.slice(4).replace('%r', recipient);
  return { code: code === 421 ? 421 : code === 451 ? 451 : 450, text };
}

export interface GreylistOptions {
  readonly delaySeconds: number;
  readonly timer: 'from-first' | 'from-last' | 'penalty' | 'second-late-try';
  readonly key: 'tuple' | 'sender' | 'recipient' | 'sender-domain' | 'client' | 'message';
  /** Passes after which the sender's domain, or all of the client, is let in; null: never. */
  readonly listsAfter: number | null;
  readonly listsBy: 'client' | 'sender-domain' | 'sender';
  /** Age at which a tuple that waits is forgotten. */
  readonly closesSeconds: number;
  /** How long a tuple that passed is known. */
  readonly knownSeconds: number;
  readonly wholeSeconds: boolean;
  readonly words: string;
  /** Share of the tries that fail for another reason. */
  readonly faults: number;
}

interface Entry {
  first: number;
  last: number;
  penalty: number;
  lateAt: number | null;
  passed: number | null;
}

/** A list that several hosts may share. */
export class Greylist {
  readonly #entries = new Map<string, Entry>();
  readonly #passes = new Map<string, number>();
  readonly options: GreylistOptions;

  constructor(options: GreylistOptions) {
    this.options = options;
  }

  /** Whether it lets the mail in. */
  decide(at: number, asked: Asked): boolean {
    const { options } = this;
    const listed = this.#listKey(asked);
    const passes = this.#passes.get(listed) ?? 0;
    if (options.listsAfter !== null && passes >= options.listsAfter) return true;
    const now = options.wholeSeconds ? Math.floor(at) : at;
    const key = this.#key(asked);
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.passed !== null) {
      if (now - entry.passed <= options.knownSeconds) {
        entry.passed = now;
        return true;
      }
      this.#entries.delete(key);
      return this.decide(at, asked);
    }
    if (entry === undefined || now - entry.first > options.closesSeconds) {
      this.#entries.set(key, { first: now, last: now, penalty: 0, lateAt: null, passed: null });
      return options.delaySeconds === 0 && false;
    }
    if (!this.#isOpen(entry, now)) return false;
    entry.passed = now;
    this.#passes.set(listed, passes + 1);
    return true;
  }

  #isOpen(entry: Entry, now: number): boolean {
    const { delaySeconds, timer } = this.options;
    if (timer === 'from-last') {
      const open = now - entry.last >= delaySeconds;
      entry.last = now;
      return open;
    }
    if (timer === 'penalty') {
      const open = now - entry.first >= delaySeconds + entry.penalty;
      if (!open) entry.penalty += 120;
      return open;
    }
    if (timer === 'second-late-try') {
      const wasLate = entry.lateAt !== null && now - entry.lateAt > 60;
      if (now - entry.first >= delaySeconds) entry.lateAt ??= now;
      return wasLate;
    }
    return now - entry.first >= delaySeconds;
  }

  #key({ client, sender, recipient, message }: Asked): string {
    switch (this.options.key) {
      case 'client':
        return client;
      case 'sender':
        return `${client} ${sender}`;
      case 'recipient':
        return `${client} ${recipient}`;
      case 'sender-domain':
        return `${client} ${sender.split('@')[1]}`;
      case 'message':
        return `${client} ${sender} ${recipient} ${message}`;
      case 'tuple':
        return `${client} ${sender} ${recipient}`;
    }
  }

  #listKey({ client, sender }: Asked): string {
    switch (this.options.listsBy) {
      case 'client':
        return client;
      case 'sender-domain':
        return `${client} ${sender.split('@')[1]}`;
      case 'sender':
        return `${client} ${sender}`;
    }
  }
}

export function greylisting(
  name: string,
  address: string,
  list: Greylist,
  chance: Chance,
): SimulatedHost {
  const { options } = list;
  return {
    name,
    address,
    delaySeconds: options.delaySeconds,
    kind: `${options.timer} ${options.key} lists ${options.listsAfter} by ${options.listsBy}`,
    ask(at, asked) {
      if (chance.often(options.faults)) return reply(chance.pick(FAULT_WORDS), asked);
      return list.decide(at, asked) ? OK : reply(options.words, asked);
    },
  };
}

/** Refuses at random, whoever comes. */
export function failing(name: string, address: string, chance: Chance): SimulatedHost {
  const share = 0.05 + 0.45 * chance.next();
  const words = chance.often(0.5) ? chance.pick(OPEN_WORDS) : chance.pick(FAULT_WORDS);
  return {
    name,
    address,
    delaySeconds: null,
    kind: `fails ${share.toFixed(2)} "${words}"`,
    ask: (_at, asked) => (chance.often(share) ? reply(words, asked) : OK),
  };
}

/** Refuses everybody now and then, for a while. */
export function withOutages(name: string, address: string, chance: Chance): SimulatedHost {
  const words = chance.pick([...OPEN_WORDS, ...FAULT_WORDS]);
  const silent = chance.often(0.3);
  const every = 3600 * (4 + chance.below(60));
  const lasts = 120 + chance.below(7200);
  const phase = chance.below(every);
  const daily = chance.often(0.3) ? 86_400 : every;
  return {
    name,
    address,
    delaySeconds: null,
    kind: `outage ${lasts} s of ${daily} s "${silent ? 'silent' : words}"`,
    ask(at, asked) {
      const out = (at + phase) % daily < lasts;
      if (!out) return OK;
      return silent ? null : reply(words, asked);
    },
  };
}

/** Takes so many an hour. */
export function limiting(name: string, address: string, chance: Chance): SimulatedHost {
  const most = 2 + chance.below(6);
  const words = chance.pick([
    '450 4.7.1 Too many messages, slow down',
    '451 4.7.1 Try again later',
  ]);
  let hour = 0;
  let count = 0;
  return {
    name,
    address,
    delaySeconds: null,
    kind: `at most ${most} an hour "${words}"`,
    ask(at, asked) {
      const now = Math.floor(at / 3600);
      if (now !== hour) count = 0;
      hour = now;
      count += 1;
      return count > most ? reply(words, asked) : OK;
    },
  };
}

export function accepting(name: string, address: string): SimulatedHost {
  return { name, address, delaySeconds: null, kind: 'accepts', ask: () => OK };
}
