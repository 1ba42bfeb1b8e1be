import type { DeferralClass } from '../greylist/hypothesis.js';
import { hiddenClockChange } from './clock-changes.js';
import { type Contact, type Refusal, seenFrom } from './contact.js';
import { type GreylistFinding, greylistFinding } from './greylist-finding.js';
import { type HostEvidence, lowestAge, SharedEvidence } from './host-evidence.js';
import { LatestPass } from './latest-pass.js';
import {
  type EarlierContact,
  type HostWait,
  type Message,
  MessageMemory,
} from './message-memory.js';
import { OwnRetries, type OwnRetry } from './own-retries.js';
import { RecentMap } from './recent-map.js';
import { hashOf, SeenSet } from './seen-set.js';

/** Mail hosts that are held at a time. */
const MOST_HOSTS = 4000;
/** Tuples and domains that are remembered, at least. */
const TUPLES = 16_384;
const DOMAINS = 2048;
/** Hosts that are tried before the last one. */
const MOST_PENDING = 16;
/** Lines of several processes are out of order by seconds; by more, the clock was set back. */
const SET_BACK_SECONDS = 60;
/** Sources whose clocks are followed. */
const MOST_SOURCES = 1000;
/** A first try that comes so long after the arrival was not the first: the log begins later. */
const UNSEEN_TRY_SECONDS = 60;

/** Tries of one recipient that are nearer are of one run: at one host, then at the next. */
const SAME_RUN_SECONDS = 10;
/** Recipients of a message that are followed. */
const MOST_RECIPIENTS = 64;

/** One mail host, with whatever it did. */
interface Host {
  readonly host: string | null;
  readonly address: string | null;
  attempts: number;
  accepted: number;
  noAnswer: number;
  firstContacts: number;
  readonly refusals: Map<DeferralClass, number>;
  readonly passes: LatestPass;
  /** Refusals that say that they greylist, and those that may mean it, are looked at apart. */
  spoken: HostEvidence | null;
  unspoken: HostEvidence | null;
}

/** A domain that mail goes to: its hosts may share a list. */
interface Domain {
  readonly id: number;
  readonly passes: LatestPass;
}

/** A machine of ours that sends. */
interface SourceClock {
  readonly id: number;
  latest: number;
  setBack: number;
}

interface Tuple {
  passedAt: number | null;
}

/** Mail that is late at a host for another reason than a greylist. */
interface LateElsewhere {
  readonly host: string | null;
  readonly address: string | null;
  readonly attempts: number;
  readonly noAnswer: number;
  readonly refusals: readonly { readonly class: DeferralClass; readonly count: number }[];
}

/** What sender's logs tell. */
export interface SenderFindings {
  readonly from: number | null;
  readonly to: number | null;
  readonly messages: number;
  readonly attempts: number;
  readonly mailHosts: number;
  readonly sources: number;
  readonly hosts: readonly GreylistFinding[];
  readonly late: readonly LateElsewhere[];
  /** When the sender tries again after a refusal. */
  readonly retries: readonly OwnRetry[];
  /** Envelope senders of tuples, and how many of them would be left without their digits. */
  readonly senders: { readonly distinct: number; readonly withoutDigits: number };
  readonly dropped: {
    readonly hosts: number;
    readonly messages: number;
    readonly tuples: number;
    /** Hosts whose later tries were counted only. */
    readonly cutHosts: number;
  };
}

/**
 * Follows the tries of senders through their logs, in the order of time, and keeps what they tell of
 * each mail host. Memory is bounded; what was dropped is counted.
 */
export class SenderStudy {
  readonly #messages = new MessageMemory();
  readonly #hosts = new Map<string, Host>();
  readonly #tuples = new RecentMap<number, Tuple>(TUPLES);
  /** When sender and recipient were first refused, by any host, for any of our sources. */
  readonly #refusedSince = new RecentMap<number, number>(TUPLES);
  readonly #seen = new SeenSet();
  readonly #domains = new RecentMap<string, Domain>(DOMAINS);
  readonly #shared = new SharedEvidence();
  readonly #clocks = new Map<string, SourceClock>();
  readonly #senders = new SeenSet();
  readonly #plainSenders = new SeenSet();
  readonly #retries = new OwnRetries();
  #from: number | null = null;
  #to: number | null = null;
  #attempts = 0;
  #accepted = 0;
  #droppedHosts = 0;

  /** A message came up for its next try; its lines to come are of this sender. */
  announce(source: string, message: string, sender: string): void {
    this.#messages.announce(`${source}|${message}`, sender);
  }

  add(contact: Contact): void {
    this.#from ??= contact.at;
    this.#to = Math.max(this.#to ?? contact.at, contact.at);
    this.#watchClock(contact);
    const message = this.#messages.ofContact(`${contact.source}|${contact.message}`, contact);
    for (const earlier of message.pending.splice(0)) {
      this.#try({ ...earlier, recipient: earlier.recipient ?? contact.recipient }, message);
    }
    this.#try(contact, message);
  }

  /** A try at a host that was not the last one: it counts once the line of the last one comes. */
  addEarlier(contact: EarlierContact): void {
    const { pending } = this.#messages.get(`${contact.source}|${contact.message}`);
    if (pending.length < MOST_PENDING) pending.push(contact);
  }

  /** The sender gave up on a message. */
  expire(source: string, message: string, recipient: string | null): void {
    this.#loseAll(this.#messages.get(`${source}|${message}`), recipient);
  }

  findings(): SenderFindings {
    const all = [...this.#hosts.values()];
    const span = (this.#to ?? 0) - (this.#from ?? 0);
    const found = all.map((one) => ({
      one,
      finding: greylistFinding(one, this.#from ?? 0, span),
    }));
    return {
      from: this.#from,
      to: this.#to,
      messages: this.#accepted,
      attempts: this.#attempts,
      mailHosts: all.length,
      sources: this.#clocks.size,
      hosts: found
        .flatMap(({ finding }) => finding ?? [])
        .sort((a, b) => b.waitedSeconds - a.waitedSeconds),
      late: found
        .flatMap(({ one, finding }) => lateElsewhere(one, finding !== null) ?? [])
        .sort((a, b) => b.attempts - a.attempts),
      retries: this.#retries.found(),
      senders: { distinct: this.#senders.added, withoutDigits: this.#plainSenders.added },
      dropped: {
        hosts: this.#droppedHosts,
        messages: this.#messages.forgotten,
        tuples: this.#tuples.dropped,
        cutHosts: all.filter(({ spoken, unspoken }) => spoken?.cut || unspoken?.cut).length,
      },
    };
  }

  #watchClock({ source, at }: Contact): void {
    const clock = this.#clocks.get(source);
    if (clock === undefined) {
      if (this.#clocks.size < MOST_SOURCES) {
        this.#clocks.set(source, { id: hashOf(source), latest: at, setBack: 0 });
      }
      return;
    }
    const isBack = at < clock.latest - SET_BACK_SECONDS;
    // Summer time that ends is no matter for ages: it moves what is shown, not the clock.
    if (isBack && hiddenClockChange(at, clock.latest) === 0) clock.setBack += 1;
    if (isBack || at > clock.latest) clock.latest = at;
  }

  #sourceOf({ source }: Contact): number {
    return this.#clocks.get(source)?.id ?? hashOf(source);
  }

  /** How often the clock of our machine was set back so far. */
  #clockOf({ source }: Pick<Contact, 'source'>): number {
    return this.#clocks.get(source)?.setBack ?? 0;
  }

  #try(contact: Contact, message: Message): void {
    const { outcome } = contact;
    const wasTried = message.tried;
    message.tried = true;
    if (outcome.kind === 'suspended') return;
    this.#attempts += 1;
    this.#noteRetry(contact, message, wasTried);
    const host = this.#hostOf(contact);
    if (host !== null) host.attempts += 1;
    switch (outcome.kind) {
      case 'no-answer':
        if (host !== null) host.noAnswer += 1;
        if (outcome.final) this.#loseAll(message, contact.recipient);
        return;
      case 'accepted':
        this.#accept(contact, message, host);
        return;
      case 'refused':
        if (host !== null) this.#refuse(contact, message, host, outcome.refusal, wasTried);
        if (outcome.final) this.#loseAll(message, contact.recipient);
    }
  }

  /** Mail that only refusals kept back shows how long its sender waits after one. */
  #noteRetry(contact: Contact, message: Message, wasTried: boolean): void {
    const { recipient, at, outcome } = contact;
    const known = message.tries.find((one) => one.recipient === recipient);
    const goesOn = outcome.kind === 'refused' && !outcome.final;
    if (known === undefined) {
      const { arrivedAt, tries } = message;
      const isFirst = arrivedAt === null ? !wasTried : at - arrivedAt <= UNSEEN_TRY_SECONDS;
      if (goesOn && isFirst && tries.length < MOST_RECIPIENTS) {
        tries.push({ recipient: detached(recipient), at, retries: 0 });
      }
      return;
    }
    if (at - known.at >= SAME_RUN_SECONDS && outcome.kind !== 'no-answer') {
      known.retries += 1;
      this.#retries.note(known.retries, at - known.at);
    }
    known.at = at;
    if (!goesOn) message.tries = message.tries.filter((one) => one !== known);
  }

  #accept(contact: Contact, message: Message, host: Host | null): void {
    this.#accepted += 1;
    const { recipient, at } = contact;
    const here = keyOf(contact);
    const sender = contact.sender ?? message.sender;
    const own = this.#messages.endWaits(message, recipient);
    const pair = `${sender}|${recipient}`;
    for (const wait of own) {
      wait.evidence.waitedSeconds += waitedOf(contact, wait);
      if (wait.hostKey !== here || sender === null) continue;
      this.#pass(contact, wait, sender, recipient, host);
    }
    this.#refusedSince.delete(hashOf(pair));
    if (host === null || sender === null) return;
    host.accepted += 1;
    const id = hashOf(pair);
    if (own.every((wait) => wait.hostKey !== here))
      this.#acceptOther(contact, sender, recipient, host, id);
    host.passes.note(at, id);
    this.#domainOf(recipient).passes.note(at, id);
  }

  #pass(
    contact: Contact,
    wait: HostWait,
    sender: string,
    recipient: string,
    host: Host | null,
  ): void {
    const { evidence } = wait;
    const { at } = contact;
    const pair = `${sender}|${recipient}`;
    const id = hashOf(pair);
    const domain = hashOf(domainOf(sender));
    const since = wait.lastAt - 1;
    const served = this.#domainOf(recipient);
    const alone =
      (host === null || host.passes.otherThan(id) < since) && served.passes.otherThan(id) < since;
    const tuple = this.#tuples.get(wait.tuple);
    evidence.noteStep({
      at,
      source: this.#sourceOf(contact),
      tuple: id,
      fresh: false,
      accepted: true,
      age: lowestAge(contact, wait),
      passedAt: tuple?.passedAt ?? null,
    });
    const refusedSince = this.#refusedSince.get(id);
    // Another message of the tuple passed meanwhile, so that this one did not have to wait any more.
    if (refusedSince === undefined || wait.clock !== this.#clockOf(contact)) wait.apart = true;
    const from = Math.min(refusedSince ?? wait.firstSeenFrom, wait.firstSeenFrom);
    evidence.notePass(
      contact,
      wait,
      keysOf(sender, recipient),
      { tuple: id, source: this.#sourceOf(contact), sender: hashOf(sender), domain, alone },
      { served: served.id, from },
    );
    if (tuple !== undefined) tuple.passedAt = at;
  }

  /** Accepted without having waited: a first contact, or a tuple that is known. */
  #acceptOther(contact: Contact, sender: string, recipient: string, host: Host, id: number): void {
    const { at } = contact;
    const key = hashOf(tupleKey(contact, sender, recipient));
    const tuple = this.#tuples.get(key);
    const fresh = tuple === undefined && this.#seen.add(key);
    if (fresh) {
      host.firstContacts += 1;
      this.#noteSender(sender);
    }
    for (const evidence of [host.spoken, host.unspoken]) {
      if (evidence === null) continue;
      if (fresh) {
        const domain = hashOf(domainOf(sender));
        evidence.noteFirst(
          {
            at,
            source: this.#sourceOf(contact),
            tuple: id,
            sender: hashOf(sender),
            domain,
            accepted: true,
          },
          keysOf(sender, recipient),
        );
        evidence.noteStep({
          at,
          source: this.#sourceOf(contact),
          tuple: id,
          fresh,
          accepted: true,
          age: 0,
          passedAt: null,
        });
      } else if (tuple?.passedAt != null) {
        const passedAt = tuple.passedAt;
        evidence.noteStep({
          at,
          source: this.#sourceOf(contact),
          tuple: id,
          fresh,
          accepted: true,
          age: 0,
          passedAt,
        });
      }
    }
  }

  #refuse(
    contact: Contact,
    message: Message,
    host: Host,
    refusal: Refusal,
    wasTried: boolean,
  ): void {
    host.refusals.set(refusal.class, (host.refusals.get(refusal.class) ?? 0) + 1);
    const here = keyOf(contact) ?? '';
    const sender = contact.sender ?? message.sender;
    const { recipient } = contact;
    const known = message.waits.find(
      (wait) => wait.recipient === recipient && wait.hostKey === here,
    );
    const evidence = this.#evidenceFor(host, refusal, here);
    if (known !== undefined && known.evidence !== evidence) known.apart = true;
    if (known !== undefined && known.clock !== this.#clockOf(contact)) known.apart = true;
    if (evidence === null) return;
    const wait = known ?? this.#newWait(contact, message, evidence, here, sender);
    if (wait.evidence !== evidence) return;
    this.#noteRefusal(contact, wait, message, sender, recipient, host, wasTried);
  }

  #noteRefusal(
    contact: Contact,
    wait: HostWait,
    message: Message,
    sender: string | null,
    recipient: string,
    host: Host,
    wasTried: boolean,
  ): void {
    const { evidence } = wait;
    if (sender === null) {
      // Whose tuple this is, and how old, is not known.
      wait.apart = true;
      evidence.noteRefusal(contact, wait, [], {
        served: this.#domainOf(recipient).id,
        from: seenFrom(contact),
      });
      return;
    }
    const { at } = contact;
    const pair = `${sender}|${recipient}`;
    const keys = keysOf(sender, recipient);
    const id = hashOf(pair);
    const from = firstSeen(contact, message, wasTried);
    if (this.#refusedSince.get(id) === undefined) this.#refusedSince.set(id, from);
    const tuple = this.#tuples.get(wait.tuple);
    const fresh = tuple === undefined && this.#seen.add(wait.tuple);
    if (fresh) {
      host.firstContacts += 1;
      this.#noteSender(sender);
      const domain = hashOf(domainOf(sender));
      evidence.noteFirst(
        {
          at,
          source: this.#sourceOf(contact),
          tuple: id,
          sender: hashOf(sender),
          domain,
          accepted: false,
        },
        keys,
      );
      evidence.sender ??= detached(sender);
      evidence.recipient ??= detached(recipient);
    } else if (tuple?.passedAt != null && wait.refusals === 0) {
      const after = at - tuple.passedAt;
      evidence.forgottenAfterSeconds = Math.min(evidence.forgottenAfterSeconds ?? after, after);
    }
    evidence.noteStep({
      at,
      source: this.#sourceOf(contact),
      tuple: id,
      fresh,
      accepted: false,
      age: wait.refusals === 0 ? 0 : lowestAge(contact, wait),
      passedAt: tuple?.passedAt ?? null,
    });
    if (tuple === undefined) {
      this.#tuples.set(wait.tuple, { passedAt: null });
    }
    evidence.noteRefusal(contact, wait, keys, {
      served: this.#domainOf(recipient).id,
      from,
    });
  }

  #evidenceFor(host: Host, refusal: Refusal, key: string): HostEvidence | null {
    if (refusal.says === 'other') return null;
    const kind = refusal.says === 'greylisting' ? 'spoken' : 'unspoken';
    host[kind] ??= this.#shared.of(hashOf(`${kind} ${key}`));
    return host[kind];
  }

  #newWait(
    contact: Contact,
    message: Message,
    evidence: HostEvidence,
    hostKey: string,
    sender: string | null,
  ): HostWait {
    const { recipient } = contact;
    const wait: HostWait = {
      recipient: detached(recipient),
      hostKey,
      evidence,
      tuple: hashOf(tupleKey(contact, sender ?? '', recipient)),
      firstAt: contact.at,
      firstSince: contact.sinceArrivalSeconds,
      firstSeenFrom: seenFrom(contact),
      lastAt: contact.at,
      lastSeenFrom: seenFrom(contact),
      lastAge: 0,
      clock: this.#clockOf(contact),
      refusals: 0,
      apart: false,
    };
    this.#messages.addWait(message, wait);
    return wait;
  }

  /** The sender gave a recipient up, or all of them. */
  #loseAll(message: Message, recipient: string | null): void {
    for (const { evidence, firstAt, lastAt } of this.#messages.endWaits(message, recipient)) {
      evidence.lost += 1;
      evidence.waitedSeconds += lastAt - firstAt;
    }
  }

  #hostOf(contact: Contact): Host | null {
    const key = keyOf(contact);
    if (key === null) return null;
    const known = this.#hosts.get(key);
    if (known !== undefined) return known;
    if (this.#hosts.size >= MOST_HOSTS) this.#dropHosts();
    const host: Host = {
      host: contact.host === null ? null : detached(contact.host),
      address: contact.address === null ? null : detached(contact.address),
      attempts: 0,
      accepted: 0,
      noAnswer: 0,
      firstContacts: 0,
      refusals: new Map(),
      passes: new LatestPass(),
      spoken: null,
      unspoken: null,
    };
    this.#hosts.set(detached(key), host);
    return host;
  }

  /** Hosts that never refused go first, then those that were asked least. */
  #dropHosts(): void {
    const order = [...this.#hosts].sort(
      ([, a], [, b]) =>
        Number(b.spoken !== null) - Number(a.spoken !== null) || b.attempts - a.attempts,
    );
    this.#hosts.clear();
    for (const [key, host] of order.slice(0, MOST_HOSTS / 2)) this.#hosts.set(key, host);
    for (const [, { spoken, unspoken }] of order.slice(MOST_HOSTS / 2)) {
      for (const one of [spoken, unspoken]) if (one !== null) this.#shared.drop(one);
    }
    this.#droppedHosts += order.length - this.#hosts.size;
  }

  #domainOf(recipient: string): Domain {
    const name = domainOf(recipient);
    const known = this.#domains.get(name);
    if (known !== undefined) return known;
    const domain: Domain = { id: hashOf(name), passes: new LatestPass() };
    this.#domains.set(detached(name), domain);
    return domain;
  }

  #noteSender(sender: string): void {
    this.#senders.add(hashOf(sender));
    this.#plainSenders.add(hashOf(sender.replace(/[0-9]+|[+=].*(?=@)/g, '')));
  }
}

/** When the host can have seen the tuple first: earlier than logged, where tries are missing. */
function firstSeen(contact: Contact, { arrivedAt }: Message, wasTried: boolean): number {
  const from = seenFrom(contact);
  if (wasTried || arrivedAt === null) return from;
  return from - arrivedAt > UNSEEN_TRY_SECONDS ? arrivedAt : from;
}

function waitedOf(contact: Contact, wait: HostWait): number {
  const { sinceArrivalSeconds, at } = contact;
  return sinceArrivalSeconds !== null && wait.firstSince !== null
    ? Math.max(0, sinceArrivalSeconds - wait.firstSince)
    : Math.max(0, at - wait.firstAt);
}

/** By its address: machines behind one name may keep a list each. */
function keyOf({ address, host }: Contact): string | null {
  return address ?? host;
}

function tupleKey(contact: Contact, sender: string, recipient: string): string {
  return `${contact.source}|${sender}|${recipient}|${keyOf(contact)}`;
}

/** Hashes in the order of `KEYS`. */
function keysOf(sender: string, recipient: string): readonly number[] {
  return [
    hashOf(`${sender}|${recipient}`),
    hashOf(`s${sender}`),
    hashOf(`r${recipient}`),
    hashOf(`d${domainOf(sender)}`),
    CLIENT,
  ];
}

const CLIENT = hashOf('client');

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** A copy that does not keep the text alive from which it was cut. */
function detached(text: string): string {
  return ` ${text}`.slice(1);
}

function lateElsewhere(host: Host, greylists: boolean): LateElsewhere | null {
  const refusals = [...host.refusals]
    .filter(([name]) => !(greylists && name === 'greylisting'))
    .map(([name, count]) => ({ class: name, count }))
    .sort((a, b) => b.count - a.count);
  if (host.noAnswer === 0 && refusals.length === 0) return null;
  const { attempts, noAnswer, address } = host;
  return { host: host.host, address, attempts, noAnswer, refusals };
}
