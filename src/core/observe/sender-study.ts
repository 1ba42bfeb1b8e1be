import { detached } from '../../model/values/detached.js';
import type { DeferralClass } from '../greylist/hypothesis.js';
import { hiddenClockChange } from './clock-changes.js';
import { type Contact, type Refusal, seenFrom } from './contact.js';
import { domainHashOf, type Envelope, envelopeOf, keysOf } from './envelope.js';
import { type GreylistFinding, greylistFinding } from './greylist-finding.js';
import { hashOf, mixed } from './hashes.js';
import {
  type FirstContact,
  type HostEvidence,
  lowestAge,
  SharedEvidence,
} from './host-evidence.js';
import { LatestPass } from './latest-pass.js';
import {
  type EarlierContact,
  type HostWait,
  type Message,
  MessageMemory,
} from './message-memory.js';
import { OwnRetries, type OwnRetry } from './own-retries.js';
import { RecentMap } from './recent-map.js';
import { SeenSet } from './seen-set.js';

/** Mail hosts that are held at a time. */
const MOST_HOSTS = 4000;
/** Tuples and domains that are remembered, at least. */
const TUPLES = 16_384;
const DOMAINS = 2048;
/** Tries of a message at hosts that were not the last. */
const MOST_PENDING = 64;
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
  /** Of the key under which it is known. */
  readonly hash: number;
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
  readonly #tuples = new RecentMap<Tuple>(TUPLES);
  /** When sender and recipient were first refused, by any host, for any of our sources. */
  readonly #refusedSince = new RecentMap<number>(TUPLES);
  readonly #seen = new SeenSet();
  readonly #domains = new RecentMap<Domain>(DOMAINS);
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
    if (message.pending.length > 0) {
      for (const earlier of takeEarlier(message, contact)) {
        this.#try({ ...earlier, recipient: earlier.recipient ?? contact.recipient }, message);
      }
    }
    this.#try(contact, message);
  }

  /** A try at a host that was not the last one: it counts once the line of the last one comes. */
  addEarlier(contact: EarlierContact): void {
    const { pending } = this.#messages.get(`${contact.source}|${contact.message}`);
    if (pending.length >= MOST_PENDING) return;
    const own = (text: string | null) => (text === null ? null : detached(text));
    const { message, recipient, host, address } = contact;
    pending.push({
      ...contact,
      message: detached(message),
      recipient: own(recipient),
      host: own(host),
      address: own(address),
    });
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

  #watchClock({ source, at, countedByClock }: Contact): void {
    const clock = this.#clocks.get(source);
    if (clock === undefined) {
      if (this.#clocks.size < MOST_SOURCES) {
        this.#clocks.set(source, { id: hashOf(source), latest: at, setBack: 0 });
      }
      return;
    }
    const isBack = at < clock.latest - SET_BACK_SECONDS;
    // Summer time that ends is no matter for what a sender counts itself: it moves what is shown, not the clock.
    if (isBack && (countedByClock || hiddenClockChange(at, clock.latest) === 0)) clock.setBack += 1;
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
    const envelope = sender === null ? null : envelopeOf(sender, recipient);
    const own = this.#messages.endWaits(message, recipient);
    for (const wait of own) {
      wait.evidence.waitedSeconds += waitedOf(contact, wait);
      if (wait.hostKey === here && envelope !== null) this.#pass(contact, wait, envelope, host);
    }
    if (envelope === null) return;
    this.#refusedSince.delete(envelope.tuple);
    if (host === null) return;
    host.accepted += 1;
    if (own.every((wait) => wait.hostKey !== here)) this.#acceptOther(contact, envelope, host);
    host.passes.note(at, envelope.tuple);
    this.#domainOf(recipient).passes.note(at, envelope.tuple);
  }

  #pass(contact: Contact, wait: HostWait, envelope: Envelope, host: Host | null): void {
    const { evidence } = wait;
    const { at } = contact;
    const { tuple: id, senderHash, domainHash } = envelope;
    const source = this.#sourceOf(contact);
    const since = wait.lastAt - 1;
    const served = this.#domainOf(envelope.recipient);
    const alone =
      (host === null || host.passes.otherThan(id) < since) && served.passes.otherThan(id) < since;
    const tuple = this.#tuples.get(wait.tuple);
    evidence.noteStep({
      at,
      source,
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
      keysOf(envelope),
      { tuple: id, source, sender: senderHash, domain: domainHash, alone },
      { served: served.id, from },
    );
    if (tuple !== undefined) tuple.passedAt = at;
  }

  /** Accepted without having waited: a first contact, or a tuple that is known. */
  #acceptOther(contact: Contact, envelope: Envelope, host: Host): void {
    const { at } = contact;
    const source = this.#sourceOf(contact);
    const key = tupleAt(source, envelope, host);
    const tuple = this.#tuples.get(key);
    const fresh = tuple === undefined && this.#seen.add(key);
    if (fresh) {
      host.firstContacts += 1;
      this.#noteSender(envelope);
    }
    const passedAt = tuple?.passedAt ?? null;
    if (!fresh && passedAt === null) return;
    for (const evidence of [host.spoken, host.unspoken]) {
      if (evidence === null) continue;
      if (fresh) evidence.noteFirst(firstContact(at, source, envelope, true), keysOf(envelope));
      evidence.noteStep({
        at,
        source,
        tuple: envelope.tuple,
        fresh,
        accepted: true,
        age: 0,
        passedAt,
      });
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
    const envelope = sender === null ? null : envelopeOf(sender, recipient);
    const wait = known ?? this.#newWait(contact, message, evidence, here, host, envelope);
    if (wait.evidence !== evidence) return;
    this.#noteRefusal(contact, wait, message, envelope, host, wasTried);
  }

  #noteRefusal(
    contact: Contact,
    wait: HostWait,
    message: Message,
    envelope: Envelope | null,
    host: Host,
    wasTried: boolean,
  ): void {
    const { evidence } = wait;
    const served = this.#domainOf(contact.recipient).id;
    if (envelope === null) {
      // Whose tuple this is, and how old, is not known.
      wait.apart = true;
      evidence.noteRefusal(contact, wait, [], { served, from: seenFrom(contact) });
      return;
    }
    const { at } = contact;
    const source = this.#sourceOf(contact);
    const keys = keysOf(envelope);
    const { tuple: id } = envelope;
    const from = firstSeen(contact, message, wasTried);
    if (this.#refusedSince.get(id) === undefined) this.#refusedSince.set(id, from);
    const tuple = this.#tuples.get(wait.tuple);
    const fresh = tuple === undefined && this.#seen.add(wait.tuple);
    if (fresh) {
      host.firstContacts += 1;
      this.#noteSender(envelope);
      evidence.noteFirst(firstContact(at, source, envelope, false), keys);
      evidence.sender ??= detached(envelope.sender);
      evidence.recipient ??= detached(envelope.recipient);
    } else if (tuple?.passedAt != null && wait.refusals === 0) {
      const after = at - tuple.passedAt;
      evidence.forgottenAfterSeconds = Math.min(evidence.forgottenAfterSeconds ?? after, after);
    }
    evidence.noteStep({
      at,
      source,
      tuple: id,
      fresh,
      accepted: false,
      age: wait.refusals === 0 ? 0 : lowestAge(contact, wait),
      passedAt: tuple?.passedAt ?? null,
    });
    if (tuple === undefined) {
      this.#tuples.set(wait.tuple, { passedAt: null });
    }
    evidence.noteRefusal(contact, wait, keys, { served, from });
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
    host: Host,
    envelope: Envelope | null,
  ): HostWait {
    const { recipient } = contact;
    const wait: HostWait = {
      recipient: detached(recipient),
      hostKey,
      evidence,
      tuple: tupleAt(this.#sourceOf(contact), envelope ?? envelopeOf('', recipient), host),
      firstAt: contact.at,
      firstSince: contact.sinceArrivalSeconds,
      firstSeenFrom: seenFrom(contact),
      lastAt: contact.at,
      lastSeenFrom: seenFrom(contact),
      lastAge: 0,
      clock: this.#clockOf(contact),
      refusals: 0,
      begunUnseen: false,
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
      hash: hashOf(key),
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
    const id = domainHashOf(recipient);
    const known = this.#domains.get(id);
    if (known !== undefined) return known;
    const domain: Domain = { id, passes: new LatestPass() };
    this.#domains.set(id, domain);
    return domain;
  }

  #noteSender({ sender, senderHash }: Envelope): void {
    this.#senders.add(senderHash);
    this.#plainSenders.add(hashOf(sender.replace(/[0-9]+|[+=].*(?=@)/g, '')));
  }
}

/**
 * The tries before this one that were of its recipient. Postfix does not name it there: of each host one line,
 * and none of the host that this line is about, which refused somebody else.
 *
 *   host a said: 450 ..    host a said: 450 ..    to=<u>, relay=b, sent    to=<v>, relay=b, sent
 */
function takeEarlier(message: Message, contact: Contact): readonly EarlierContact[] {
  const taken: EarlierContact[] = [];
  const left: EarlierContact[] = [];
  const hosts = new Set([keyOf(contact)]);
  for (const one of message.pending) {
    const host = keyOf(one);
    if (one.recipient === null && hosts.has(host)) left.push(one);
    else {
      hosts.add(host);
      taken.push(one);
    }
  }
  message.pending = left;
  return taken;
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
function keyOf({ address, host }: Pick<Contact, 'address' | 'host'>): string | null {
  return address ?? host;
}

/** A tuple as a host sees it, and each of our machines on its own. */
function tupleAt(source: number, { tuple }: Envelope, { hash }: Host): number {
  return mixed(mixed(source, tuple), hash);
}

function firstContact(
  at: number,
  source: number,
  { tuple, senderHash, domainHash }: Envelope,
  accepted: boolean,
): FirstContact {
  return { at, source, tuple, sender: senderHash, domain: domainHash, accepted };
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
