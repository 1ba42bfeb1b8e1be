import { detached } from '../../model/values/detached.js';
import type { Contact } from './contact.js';
import type { HostEvidence, Wait } from './host-evidence.js';

/** Messages of each of two generations: a busy server has far fewer in its queue. */
const GENERATION = 4096;
/** Recipients of all messages that are followed while they wait. */
const MOST_WAITS = 32_768;
/** Of one message. */
const MOST_WAITS_OF_MESSAGE = 64;
/** Stamps are whole seconds and `delay` is rounded: arrivals that differ by more are two messages. */
const SAME_ARRIVAL_SECONDS = 2.5;
/** A clock that is set to summer or winter time moves all arrivals by this. */
const CLOCK_CHANGE_SECONDS = 3600;

/** A wait with the host whose greylist it is. */
export interface HostWait extends Wait {
  readonly recipient: string;
  readonly hostKey: string;
  readonly evidence: HostEvidence;
  readonly tuple: number;
  /** How often the clock of its source had been set back by then. */
  readonly clock: number;
}

/** A try at a host that was not the last; its line may not name the recipient. */
export type EarlierContact = Omit<Contact, 'recipient'> & { readonly recipient: string | null };

const NONE: readonly HostWait[] = [];

/** A message in a sender's queue. */
export interface Message {
  sender: string | null;
  /** Its sender was told after the last try: an id that is used again begins so. */
  announced: boolean;
  arrivedAt: number | null;
  /** Whether a try of it was seen, even one that reached nobody. */
  tried: boolean;
  readonly waits: HostWait[];
  /** Recipients that were refused and are tried again: when the last try was, and how many retries were made. */
  tries: { readonly recipient: string; at: number; retries: number }[];
  /** Refusals of hosts that were not the last: the line of the last one tells whose they are. */
  pending: EarlierContact[];
}

/**
 * The messages of all senders, by their ids. Ids are used again: a message whose arrival differs is
 * another one. What waits is never forgotten for lack of room, up to a bound.
 */
export class MessageMemory {
  #young = new Map<string, Message>();
  #old = new Map<string, Message>();
  #waits = 0;
  #forgotten = 0;

  /** Recipients that waited and were dropped, since there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  addWait({ waits }: Message, wait: HostWait): void {
    if (this.#waits >= MOST_WAITS || waits.length >= MOST_WAITS_OF_MESSAGE) {
      this.#forgotten += 1;
      return;
    }
    waits.push(wait);
    this.#waits += 1;
  }

  /** Takes the waits of a recipient away, or all of them. */
  endWaits({ waits }: Message, recipient: string | null): readonly HostWait[] {
    if (waits.length === 0) return NONE;
    const ended = waits.filter((wait) => recipient === null || wait.recipient === recipient);
    if (ended.length === 0) return ended;
    const left = waits.filter((wait) => !ended.includes(wait));
    waits.splice(0, waits.length, ...left);
    this.#waits -= ended.length;
    return ended;
  }

  announce(key: string, sender: string): void {
    const message = this.get(key);
    if (message.sender !== sender) message.sender = detached(sender);
    message.announced = true;
    if (message.pending.length > 0) message.pending = [];
  }

  get(key: string): Message {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const message = this.#old.get(key) ?? emptyMessage();
    this.#old.delete(key);
    if (this.#young.size >= GENERATION) this.#age();
    this.#young.set(key, message);
    return message;
  }

  /** The message of a try, which may be another one under an id that was used before. */
  ofContact(key: string, { at, sinceArrivalSeconds }: Contact): Message {
    const message = this.get(key);
    if (sinceArrivalSeconds !== null) {
      const arrivedAt = at - sinceArrivalSeconds;
      if (message.arrivedAt !== null && isAnother(arrivedAt - message.arrivedAt)) {
        this.endWaits(message, null);
        message.tries = [];
        message.tried = false;
        if (!message.announced) message.sender = null;
      }
      message.arrivedAt = arrivedAt;
    }
    message.announced = false;
    return message;
  }

  #age(): void {
    const waiting = [...this.#old].filter(([, { waits }]) => waits.length > 0);
    const kept = waiting.slice(-GENERATION / 4);
    for (const [, { waits }] of waiting.slice(0, waiting.length - kept.length)) {
      this.#waits -= waits.length;
      this.#forgotten += waits.length;
    }
    this.#old = this.#young;
    this.#young = new Map(kept);
  }
}

function isAnother(seconds: number): boolean {
  const apart = Math.abs(seconds);
  return (
    apart > SAME_ARRIVAL_SECONDS && Math.abs(apart - CLOCK_CHANGE_SECONDS) > SAME_ARRIVAL_SECONDS
  );
}

function emptyMessage(): Message {
  return {
    sender: null,
    announced: false,
    arrivedAt: null,
    tried: false,
    waits: [],
    tries: [],
    pending: [],
  };
}
