import { hiddenClockChange } from './clock-changes.js';
import { type Contact, STAMP_SECONDS, seenFrom } from './contact.js';
import { type Episode, Episodes } from './episodes.js';
import type { PairContact } from './forward-pairs.js';
import { KEYS, type Key, type PassedTry, type RefusedTry } from './opening.js';
import { RecentMap } from './recent-map.js';

/** Tries of each kind that are kept of a host; what comes later is counted only. */
const MOST_KEPT = 4096;
/** Senders and recipients of a host whose last refusal or pass is remembered. */
const MOST_KEYS = 1024;
const NONE: Episode = {
  from: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
  refusals: 0,
};
/** A key that passed is known to the host for at least this long. */
const KNOWN_FOR_SECONDS = 43_200;

/** A first contact of a tuple. */
export interface FirstContact {
  readonly at: number;
  /** The machine of ours that sent it: a list may look at its address. */
  readonly source: string;
  readonly tuple: number;
  readonly sender: string;
  readonly domain: string;
  readonly accepted: boolean;
}

/** A pass with what is needed to judge whether its age was the reason. */
export interface SeenPass extends PassedTry {
  readonly tuple: number;
  readonly source: string;
  readonly sender: string;
  readonly domain: string;
  /** When its tuple was first refused. */
  readonly since: number;
  /** Nothing else got in between its last refusal and this: nobody can have been let in meanwhile. */
  readonly alone: boolean;
}

/** A message that waits for a host. */
export interface Wait {
  readonly firstAt: number;
  readonly firstSince: number | null;
  readonly firstSeenFrom: number;
  lastAt: number;
  lastSeenFrom: number;
  lastAge: number;
  refusals: number;
  /** Set where it met another refusal as well: then its ages show nothing. */
  apart: boolean;
}

/** What a log tells of the greylist at one mail host. */
export class HostEvidence {
  firstContacts = 0;
  refusedFirst = 0;
  refusals = 0;
  waitedSeconds = 0;
  lost = 0;
  passes = 0;
  /** The shortest time after which a tuple that had passed was refused again. */
  forgottenAfterSeconds: number | null = null;
  /** Somebody of ours whose mail waited here. */
  sender: string | null = null;
  recipient: string | null = null;
  cut = false;
  readonly refused: RefusedTry[] = [];
  readonly passed: SeenPass[] = [];
  readonly firsts: FirstContact[] = [];
  readonly steps: PairContact[] = [];
  readonly #episodes = new Episodes();
  readonly #passedAt = new RecentMap<string, number>(MOST_KEYS);
  readonly #ruledOut = new Map<Key, number>();

  /** Two contacts that a host with that key would not have refused rule it out. */
  get ruledOut(): ReadonlySet<Key> {
    return new Set([...this.#ruledOut].flatMap(([key, count]) => (count > 1 ? [key] : [])));
  }

  /** A first contact, accepted or refused by the greylist. */
  noteFirst(first: FirstContact, keys: readonly string[]): void {
    this.firstContacts += 1;
    if (!first.accepted) {
      this.refusedFirst += 1;
      for (const [index, key] of KEYS.entries()) {
        const passedAt = this.#passedAt.get(`${first.source}|${keys[index] ?? ''}`);
        if (index === 0 || passedAt === undefined) continue;
        if (first.at - passedAt <= KNOWN_FOR_SECONDS) {
          this.#ruledOut.set(key, (this.#ruledOut.get(key) ?? 0) + 1);
        }
      }
    }
    this.#keep(this.firsts, first);
  }

  noteStep(step: PairContact): void {
    this.#keep(this.steps, step);
  }

  /**
   * A refusal by the greylist. `shared`: what the hosts of the recipient's domain refused, since they may
   * keep one list. `from`: the earliest moment at which the tuple can have been seen.
   */
  noteRefusal(
    contact: Contact,
    wait: Wait,
    keys: readonly string[],
    { shared, from }: { readonly shared: Episodes; readonly from: number },
  ): void {
    const { at } = contact;
    const begins = seenFrom(contact);
    if (wait.refusals > 0 && !wait.apart) {
      const age = lowestAge(contact, wait);
      const seen = keys.map((key) => this.#bothOf(key, shared));
      this.#keep(this.refused, {
        at,
        age,
        previousAge: wait.refusals === 1 ? null : wait.lastAge,
        gap: seen.map(({ last }) => {
          const since = Math.max(last, wait.lastAt);
          const elapsed = begins - STAMP_SECONDS - since - hiddenClockChange(since, at);
          return Math.min(age, Math.max(0, elapsed));
        }),
        early: seen.map(({ refusals }) => Math.max(refusals, wait.refusals) - 1),
      });
      wait.lastAge = age;
    }
    this.refusals += 1;
    wait.refusals += 1;
    wait.lastAt = at;
    wait.lastSeenFrom = begins;
    for (const [index, key] of keys.entries()) {
      const since = index === 0 ? from : begins;
      this.#episodes.note(key, at, since);
      shared.note(key, at, since);
    }
  }

  /** The first acceptance of a message that had been refused. `from`: as of a refusal. */
  notePass(
    contact: Contact,
    wait: Wait,
    keys: readonly string[],
    pass: Pick<SeenPass, 'tuple' | 'sender' | 'domain' | 'alone'>,
    { shared, from }: { readonly shared: Episodes; readonly from: number },
  ): void {
    const end = contact.at + STAMP_SECONDS;
    if (!wait.apart) {
      const fine = highestAge(contact, wait);
      const seen = keys.map((key) => this.#bothOf(key, shared));
      this.#keep(this.passed, {
        ...pass,
        at: contact.at,
        source: contact.source,
        since: from,
        age: seen.map((one) => Math.max(fine, highestSince(Math.min(from, one.from), end, wait))),
        gap: end - wait.lastSeenFrom + hiddenClockChange(wait.lastSeenFrom, end),
        early: wait.refusals - 1,
        earlyByKey: seen.map(({ refusals }) => Math.max(refusals, wait.refusals) - 1),
      });
    }
    this.passes += 1;
    for (const key of keys) {
      this.#episodes.forget(key);
      shared.forget(key);
      // Another machine of ours may be new to the host still.
      this.#passedAt.set(`${contact.source}|${key}`, contact.at);
    }
  }

  /** What this host, or those that may share its list, refused of a key. */
  #bothOf(key: string, shared: Episodes): Episode {
    const own = this.#episodes.get(key) ?? NONE;
    const other = shared.get(key) ?? NONE;
    return {
      from: Math.min(own.from, other.from),
      last: Math.max(own.last, other.last),
      refusals: Math.max(own.refusals, other.refusals),
    };
  }

  #keep<T>(list: T[], one: T): void {
    if (list.length < MOST_KEPT) list.push(one);
    else this.cut = true;
  }
}

/** Within one message the log counts from its arrival: that holds when the clock is set as well. */
export function lowestAge(contact: Contact, wait: Wait): number {
  const { at, durationSeconds } = contact;
  const duration = durationSeconds ?? at - seenFrom(contact);
  const elapsed =
    elapsedByArrival(contact, wait) ?? at - wait.firstAt - hiddenClockChange(wait.firstAt, at);
  return Math.max(0, elapsed - duration - STAMP_SECONDS);
}

function highestAge(contact: Contact, wait: Wait): number {
  const { at } = contact;
  const elapsed =
    elapsedByArrival(contact, wait) ?? at - wait.firstAt + hiddenClockChange(wait.firstAt, at);
  return elapsed + (wait.firstAt - wait.firstSeenFrom) + STAMP_SECONDS;
}

function elapsedByArrival({ sinceArrivalSeconds }: Contact, { firstSince }: Wait): number | null {
  return sinceArrivalSeconds === null || firstSince === null
    ? null
    : sinceArrivalSeconds - firstSince;
}

/** Since something that was refused before this message was: there is only the clock to tell. */
function highestSince(from: number, end: number, { firstSeenFrom }: Wait): number {
  return end - from + (from < firstSeenFrom ? hiddenClockChange(from, end) : 0);
}
