import { hiddenClockChange } from './clock-changes.js';
import { type Contact, STAMP_SECONDS, seenFrom } from './contact.js';
import { type Episode, Episodes } from './episodes.js';
import type { PairContact } from './forward-pairs.js';
import { mixed } from './hashes.js';
import { KEYS, type Key, type PassedTry, type RefusedTry } from './opening.js';
import { RecentMap } from './recent-map.js';

const RECIPIENT = KEYS.indexOf('recipient');
/** Tries of each kind that are kept of a host; what comes later is counted only. */
const MOST_KEPT = 4096;
/** Tries that are kept of all hosts together. */
const MOST_KEPT_OF_ALL = 100_000;
/** Keys whose last pass is remembered, at least. */
const MOST_PASSES = 16_384;
const NONE: Episode = {
  from: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
  refusals: 0,
};
/** A key that passed is known to the host for at least this long. */
export const KNOWN_FOR_SECONDS = 43_200;

/** A first contact of a tuple. */
export interface FirstContact {
  readonly at: number;
  /** The machine of ours that sent it: a list may look at its address. */
  readonly source: number;
  readonly tuple: number;
  /** Hashes of the sender and of its domain. */
  readonly sender: number;
  readonly domain: number;
  readonly accepted: boolean;
}

/** A first contact that is kept. */
export interface KeptFirst extends FirstContact {
  readonly recipient: number;
  /** For each of the `KEYS`, whether it had passed before, so that a list may know it. */
  readonly known: readonly boolean[];
}

/** A pass with what is needed to judge whether its age was the reason. */
export interface SeenPass extends PassedTry {
  readonly tuple: number;
  readonly source: number;
  readonly sender: number;
  readonly domain: number;
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
  /** Its first tries were before the log: how often it was refused is not known, and bounds nothing from below. */
  begunUnseen: boolean;
  /** Set where it met another refusal as well: then its ages show nothing. */
  apart: boolean;
}

/** What the evidence of all hosts is kept in together, so that many hosts take no more room. */
export class SharedEvidence {
  readonly episodes = new Episodes();
  readonly passedAt = new RecentMap<number>(MOST_PASSES);
  readonly #hosts = new Set<HostEvidence>();
  #kept = 0;
  #most = MOST_KEPT;

  /** Tries of each kind that are kept of a host. */
  get most(): number {
    return this.#most;
  }

  of(id: number): HostEvidence {
    const evidence = new HostEvidence(id, this);
    this.#hosts.add(evidence);
    return evidence;
  }

  drop(evidence: HostEvidence): void {
    if (this.#hosts.delete(evidence)) this.#kept -= evidence.kept;
  }

  /** One try more is kept of some host. Where there are too many in all, each host keeps half of them. */
  keepOne(): void {
    this.#kept += 1;
    if (this.#kept < MOST_KEPT_OF_ALL) return;
    while (this.#kept > MOST_KEPT_OF_ALL / 2 && this.#most > 1) {
      this.#most = Math.ceil(this.#most / 2);
      this.#kept = 0;
      for (const one of this.#hosts) {
        one.cutTo(this.#most);
        this.#kept += one.kept;
      }
    }
  }
}

/** What a log tells of the greylist at one mail host. */
export class HostEvidence {
  firstContacts = 0;
  refusedFirst = 0;
  refusals = 0;
  waitedSeconds = 0;
  lost = 0;
  passes = 0;
  /** Mail that nothing but this greylist kept back, and what it waited. */
  readonly keptBack = { messages: 0, waitedSeconds: 0 };
  /** The shortest time after which a tuple that had passed was refused again. */
  forgottenAfterSeconds: number | null = null;
  /** Somebody of ours whose mail waited here. */
  sender: string | null = null;
  recipient: string | null = null;
  /** Later tries were counted only. */
  cut = false;
  readonly refused: RefusedTry[] = [];
  readonly passed: SeenPass[] = [];
  readonly firsts: KeptFirst[] = [];
  readonly steps: PairContact[] = [];
  readonly #id: number;
  readonly #shared: SharedEvidence;
  /** For each of the `KEYS`, contacts that rule it out. */
  readonly #ruledOut = KEYS.map(() => 0);

  /** `id`: a number of its own. */
  constructor(id: number, shared: SharedEvidence) {
    this.#id = id;
    this.#shared = shared;
  }

  /** Two contacts that a host with that key would not have refused rule it out. */
  get ruledOut(): ReadonlySet<Key> {
    return new Set(KEYS.filter((_, index) => (this.#ruledOut[index] ?? 0) > 1));
  }

  /** A first contact, accepted or refused by the greylist. */
  noteFirst(first: FirstContact, keys: readonly number[]): void {
    this.firstContacts += 1;
    const passedAt = keys.map((key) =>
      this.#shared.passedAt.get(this.#ofSource(first.source, key)),
    );
    if (!first.accepted) {
      this.refusedFirst += 1;
      for (const [index, at] of passedAt.entries()) {
        if (index > 0 && at !== undefined && first.at - at <= KNOWN_FOR_SECONDS) {
          this.#ruledOut[index] = (this.#ruledOut[index] ?? 0) + 1;
        }
      }
    }
    const known = passedAt.map((at) => at !== undefined);
    this.#keep(this.firsts, { ...first, recipient: keys[RECIPIENT] ?? 0, known });
  }

  noteStep(step: PairContact): void {
    this.#keep(this.steps, step);
  }

  /**
   * A refusal by the greylist. `served`: the recipient's domain, whose hosts may keep one list. `from`: the
   * earliest moment at which the tuple can have been seen.
   */
  noteRefusal(
    contact: Contact,
    wait: Wait,
    keys: readonly number[],
    { served, from }: { readonly served: number; readonly from: number },
  ): void {
    const { at } = contact;
    const { episodes } = this.#shared;
    const begins = seenFrom(contact);
    if (wait.refusals === 0) wait.begunUnseen = from < begins;
    if (wait.refusals > 0 && !wait.apart && !wait.begunUnseen) {
      const age = lowestAge(contact, wait);
      const seen = keys.map((key) => this.#bothOf(key, served));
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
    // The first key is the tuple itself: it alone can have been seen before this message was.
    let since = from;
    for (const key of keys) {
      episodes.note(mixed(this.#id, key), at, since);
      episodes.note(mixed(served, key), at, since);
      since = begins;
    }
  }

  /** The first acceptance of a message that had been refused. `from`: as of a refusal. */
  notePass(
    contact: Contact,
    wait: Wait,
    keys: readonly number[],
    pass: Pick<SeenPass, 'tuple' | 'source' | 'sender' | 'domain' | 'alone'>,
    { served, from }: { readonly served: number; readonly from: number },
  ): void {
    const end = contact.at + STAMP_SECONDS;
    if (!wait.apart) {
      this.keptBack.messages += 1;
      this.keptBack.waitedSeconds += Math.max(
        0,
        elapsedByArrival(contact, wait) ?? contact.at - wait.firstAt,
      );
      const fine = highestAge(contact, wait);
      const seen = keys.map((key) => this.#bothOf(key, served));
      this.#keep(this.passed, {
        ...pass,
        at: contact.at,
        since: from,
        age: seen.map((one) => Math.max(fine, highestSince(Math.min(from, one.from), end, wait))),
        gap: end - wait.lastSeenFrom + hiddenClockChange(wait.lastSeenFrom, end),
        early: wait.refusals - 1,
        earlyByKey: seen.map(({ refusals }) => Math.max(refusals, wait.refusals) - 1),
      });
    }
    this.passes += 1;
    for (const key of keys) {
      this.#shared.episodes.forget(mixed(this.#id, key));
      this.#shared.episodes.forget(mixed(served, key));
      this.#shared.passedAt.set(this.#ofSource(pass.source, key), contact.at);
    }
  }

  /** What this host, or those that may share its list, refused of a key. */
  #bothOf(key: number, served: number): Episode {
    const own = this.#shared.episodes.get(mixed(this.#id, key)) ?? NONE;
    const other = this.#shared.episodes.get(mixed(served, key)) ?? NONE;
    return {
      from: Math.min(own.from, other.from),
      last: Math.max(own.last, other.last),
      refusals: Math.max(own.refusals, other.refusals),
    };
  }

  /** Another machine of ours may be new to the host still. */
  #ofSource(source: number, key: number): number {
    return mixed(mixed(source, this.#id), key);
  }

  get kept(): number {
    return this.refused.length + this.passed.length + this.firsts.length + this.steps.length;
  }

  /** Keeps the first tries of each kind only. */
  cutTo(most: number): void {
    for (const list of [this.refused, this.passed, this.firsts, this.steps]) {
      if (list.length <= most) continue;
      list.length = most;
      this.cut = true;
    }
  }

  #keep<T>(list: T[], one: T): void {
    if (list.length < this.#shared.most) {
      list.push(one);
      this.#shared.keepOne();
    } else this.cut = true;
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

function elapsedByArrival(
  { sinceArrivalSeconds, countedByClock }: Contact,
  { firstSince }: Wait,
): number | null {
  return sinceArrivalSeconds === null || firstSince === null || countedByClock
    ? null
    : sinceArrivalSeconds - firstSince;
}

/** Since something that was refused before this message was: there is only the clock to tell. */
function highestSince(from: number, end: number, { firstSeenFrom }: Wait): number {
  return end - from + (from < firstSeenFrom ? hiddenClockChange(from, end) : 0);
}
