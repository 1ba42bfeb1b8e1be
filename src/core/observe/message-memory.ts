import type { Contact } from './contact.js';
import type { HostEvidence, Wait } from './host-evidence.js';

/** Messages of each of two generations: a busy server has far fewer in its queue. */
const GENERATION = 4096;
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

/** A message in a sender's queue. */
export interface Message {
  sender: string | null;
  /** Its sender was told after the last try: an id that is used again begins so. */
  announced: boolean;
  arrivedAt: number | null;
  /** Whether a try of it was seen, even one that reached nobody. */
  tried: boolean;
  waits: HostWait[];
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
  #forgotten = 0;

  /** Messages that waited and were dropped, since there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  announce(key: string, sender: string): void {
    const message = this.get(key);
    message.sender = sender;
    message.announced = true;
    message.pending = [];
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
        message.waits = [];
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
    this.#forgotten += waiting.length - kept.length;
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
    pending: [],
  };
}
