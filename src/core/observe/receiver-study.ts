import { hashOf } from './hashes.js';
import { RecentMap } from './recent-map.js';

/*
 * The other end: what a greylister's own log tells of those who come. Early tries are in it as well as
 * passes, so that for each delay up to the present one it is known when a tuple would have passed:
 *
 *   refused at 0 s, 61 s and 130 s, passed at 310 s
 *   with a delay of 60 s it would have passed at 61 s, with one of 120 s at 130 s
 */

const MOST_TRIPLETS = 60_000;
/** Ages of one triplet that are kept. */
const MOST_AGES = 24;
/** A greylister and its mail server tell of one decision in two lines. */
const SAME_DECISION_SECONDS = 2;
/** Who has not come back after two days does not come back. */
const GIVES_UP_SECONDS = 172_800;
/** A client with so many triplets that never came back sends spam. */
const MANY_TRIPLETS = 20;
const BURST_SECONDS = 600;
const BURST_TRIPLETS = 3;
const DELAYS = [0, 30, 60, 120, 180, 240, 300, 600, 900, 1800, 3600] as const;

/** A client that came, and what was decided. Times in seconds. */
export interface Arrival {
  readonly at: number;
  readonly decided: 'refused' | 'passed' | 'exempt';
  readonly greylister: string | null;
  readonly client: string | null;
  readonly clientAddress: string | null;
  readonly sender: string | null;
  /** Where no more is known of the sender. */
  readonly senderDomain?: string | null;
  readonly recipient: string | null;
  readonly ageSeconds: number | null;
  readonly missingSeconds: number | null;
}

interface Triplet {
  readonly sender: string;
  readonly recipient: string;
  readonly client: string | null;
  readonly address: string;
  readonly first: number;
  readonly ages: number[];
  last: number;
  passedAge: number | null;
  /** A list let it in: its age was not the reason. */
  listed: boolean;
}

interface LostTriplet {
  readonly sender: string;
  readonly recipient: string;
  readonly client: string | null;
  readonly address: string;
  readonly tries: number;
  readonly triedForSeconds: number;
  readonly legitimate: 'likely' | 'possible' | 'unlikely';
  readonly because: string;
}

/** What would have been under another delay. */
interface UnderDelay {
  readonly delaySeconds: number;
  /** False above the present delay: tries after a pass are in no log, so it is a bound. */
  readonly exact: boolean;
  /** Triplets that pass, at least. */
  readonly passes: number;
  /** Triplets that passed, and would not have, at most. */
  readonly loses: number;
  /** Of those that pass. */
  readonly meanWaitSeconds: number | null;
}

/** Several addresses that send for one sender: each begins to wait anew. */
interface Pool {
  readonly name: string;
  readonly addresses: number;
  readonly triplets: number;
}

/** Many messages of one domain to one recipient at once, as of somebody who asks for a code again. */
interface Burst {
  readonly senderDomain: string;
  readonly bursts: number;
  readonly longestWaitSeconds: number;
}

export interface ReceiverFindings {
  readonly greylisters: readonly string[];
  readonly triplets: number;
  readonly passed: number;
  readonly exempt: number;
  /** Whether they come back the log does not tell: they came too late, or a list let their sender in since. */
  readonly open: number;
  /** The delay as the log shows it. */
  readonly delaySeconds: number | null;
  readonly passedAfter: {
    readonly median: number;
    readonly p90: number;
    readonly longest: number;
  } | null;
  readonly lost: readonly LostTriplet[];
  readonly delays: readonly UnderDelay[];
  readonly pools: readonly Pool[];
  readonly bursts: readonly Burst[];
  readonly dropped: number;
}

/** Follows the triplets of clients through the log of a greylister, in bounded memory. */
export class ReceiverStudy {
  readonly #triplets = new Map<string, Triplet>();
  readonly #done: Triplet[] = [];
  readonly #greylisters = new Set<string>();
  readonly #knownDomains = new Set<string>();
  readonly #refusedClients = new Set<string>();
  /** When a list last let in somebody of a client and a sender, or a domain. */
  readonly #listed = new RecentMap<number>(MOST_TRIPLETS / 4);
  readonly #delays: number[] = [];
  #exempt = 0;
  #dropped = 0;
  #last = Number.NEGATIVE_INFINITY;

  add(arrival: Arrival): void {
    const { at, sender, recipient, clientAddress, greylister } = arrival;
    this.#last = Math.max(this.#last, at);
    if (greylister !== null && this.#greylisters.size < 64) this.#greylisters.add(greylister);
    if (arrival.decided !== 'refused' && sender !== null) this.#know(domainOf(sender));
    if (arrival.decided === 'exempt') this.#noteListed(arrival);
    if (sender === null || recipient === null || clientAddress === null) {
      if (arrival.decided === 'exempt') this.#exempt += 1;
      return;
    }
    const key = `${clientAddress}|${sender.toLowerCase()}|${recipient.toLowerCase()}`;
    const known = this.#triplets.get(key);
    if (arrival.decided === 'exempt' && known === undefined) this.#exempt += 1;
    else if (arrival.decided !== 'refused') this.#pass(key, known, arrival);
    else if (known === undefined) this.#begin(key, arrival, sender, recipient, clientAddress);
    else this.#refuse(known, arrival);
  }

  /** Whether this client was refused so far: only of such a one is a pass to be told. */
  hasRefused(clientAddress: string): boolean {
    return this.#refusedClients.has(clientAddress);
  }

  findings(): ReceiverFindings {
    const all = [...this.#done, ...this.#triplets.values()];
    const passed = this.#done.length;
    const patience = this.#patience();
    // A log without any pass does not show who came back.
    const gone = [...this.#triplets.values()].filter(
      (one) => passed > 0 && this.#last - one.last > patience && !this.#wasListed(one),
    );
    const agesOf = (triplets: readonly Triplet[]) =>
      triplets.flatMap(({ passedAge }) => passedAge ?? []).sort((a, b) => a - b);
    const ages = agesOf(this.#done);
    const delaySeconds = this.#presentDelay(agesOf(this.#done.filter(({ listed }) => !listed)));
    return {
      greylisters: [...this.#greylisters].sort(),
      triplets: all.length,
      passed,
      exempt: this.#exempt,
      open: this.#triplets.size - gone.length,
      delaySeconds,
      passedAfter:
        ages.length === 0
          ? null
          : {
              median: quantile(ages, 0.5),
              p90: quantile(ages, 0.9),
              longest: ages.at(-1) ?? 0,
            },
      lost: this.#ranked(gone),
      delays:
        delaySeconds === null
          ? []
          : DELAYS.map((delay) => underDelay(delay, delaySeconds, [...this.#done, ...gone])),
      pools: poolsOf(all),
      bursts: burstsOf(all),
      dropped: this.#dropped,
    };
  }

  #begin(
    key: string,
    { at, client }: Arrival,
    sender: string,
    recipient: string,
    address: string,
  ): void {
    if (this.#triplets.size >= MOST_TRIPLETS) {
      this.#dropped += 1;
      return;
    }
    this.#refusedClients.add(own(address));
    this.#triplets.set(own(key), {
      sender: own(sender),
      recipient: own(recipient),
      client: client === null ? null : own(client),
      address: own(address),
      first: at,
      ages: [0],
      last: at,
      passedAge: null,
      listed: false,
    });
  }

  #refuse(triplet: Triplet, { at, missingSeconds }: Arrival): void {
    const age = at - triplet.first;
    if (missingSeconds !== null && age > 0 && this.#delays.length < 1000)
      this.#delays.push(age + missingSeconds);
    if (at - triplet.last <= SAME_DECISION_SECONDS) return;
    triplet.last = at;
    if (triplet.ages.length < MOST_AGES) triplet.ages.push(age);
  }

  /** A list lets a client in, and does not say whose mail that was: nobody whom it knows waits any more. */
  #noteListed({ at, clientAddress, sender, senderDomain, recipient }: Arrival): void {
    if (recipient !== null || clientAddress === null || !this.hasRefused(clientAddress)) return;
    if (sender !== null) this.#listed.set(hashOf(`${clientAddress}|${sender.toLowerCase()}`), at);
    else if (senderDomain != null) {
      this.#know(senderDomain.toLowerCase());
      this.#listed.set(hashOf(`${clientAddress}|${senderDomain.toLowerCase()}`), at);
    }
  }

  #wasListed({ address, sender, last }: Triplet): boolean {
    const from = sender.toLowerCase();
    return [from, domainOf(from)].some(
      (one) => (this.#listed.get(hashOf(`${address}|${one}`)) ?? 0) > last,
    );
  }

  #pass(key: string, triplet: Triplet | undefined, arrival: Arrival): void {
    if (triplet === undefined) return;
    const { at, ageSeconds, decided } = arrival;
    triplet.last = at;
    triplet.listed = decided === 'exempt';
    triplet.passedAge = ageSeconds ?? at - triplet.first;
    triplet.ages.push(triplet.passedAge);
    this.#triplets.delete(key);
    if (this.#done.length < MOST_TRIPLETS) this.#done.push(triplet);
    else this.#dropped += 1;
  }

  /** In a short log half of it has to do. */
  #patience(): number {
    const begin = [...this.#done, ...this.#triplets.values()].reduce(
      (first, one) => Math.min(first, one.first),
      this.#last,
    );
    return Math.min(GIVES_UP_SECONDS, (this.#last - begin) / 2);
  }

  /** What was missing says it; else the earliest pass bounds it. */
  #presentDelay(passes: readonly number[]): number | null {
    const said = [...this.#delays].sort((a, b) => a - b);
    return said.length > 0 ? quantile(said, 0.5) : (passes[0] ?? null);
  }

  #know(domain: string): void {
    if (this.#knownDomains.size < MOST_TRIPLETS) this.#knownDomains.add(own(domain));
  }

  #ranked(gone: readonly Triplet[]): LostTriplet[] {
    const ofClient = new Map<string, number>();
    for (const { address } of gone) ofClient.set(address, (ofClient.get(address) ?? 0) + 1);
    return gone
      .map((one) => this.#lostTriplet(one, ofClient.get(one.address) ?? 0))
      .sort(
        (a, b) => RANKS.indexOf(a.legitimate) - RANKS.indexOf(b.legitimate) || b.tries - a.tries,
      );
  }

  #lostTriplet(one: Triplet, ofClient: number): LostTriplet {
    const isKnown = this.#knownDomains.has(domainOf(one.sender));
    const [legitimate, because] = isKnown
      ? (['likely', 'other mail of this domain got in'] as const)
      : ofClient > MANY_TRIPLETS
        ? (['unlikely', `${ofClient} triplets of this client never came back`] as const)
        : one.ages.length > 1
          ? (['possible', 'it came back, but not late enough'] as const)
          : (['unlikely', 'it came once'] as const);
    return {
      sender: one.sender,
      recipient: one.recipient,
      client: one.client,
      address: one.address,
      tries: one.ages.length,
      triedForSeconds: one.last - one.first,
      legitimate,
      because,
    };
  }
}

const RANKS = ['likely', 'possible', 'unlikely'];

function underDelay(
  delaySeconds: number,
  present: number,
  triplets: readonly Triplet[],
): UnderDelay {
  let passes = 0;
  let loses = 0;
  let waited = 0;
  for (const { ages, passedAge } of triplets) {
    const at = ages.find((age) => age >= delaySeconds);
    if (at !== undefined) {
      passes += 1;
      waited += at;
    } else if (passedAge !== null) loses += 1;
  }
  return {
    delaySeconds,
    exact: delaySeconds <= present,
    passes,
    loses,
    meanWaitSeconds: passes === 0 ? null : waited / passes,
  };
}

function poolsOf(triplets: readonly Triplet[]): Pool[] {
  const byPair = new Map<string, Triplet[]>();
  for (const one of triplets) push(byPair, `${one.sender}|${one.recipient}`.toLowerCase(), one);
  const pools = new Map<string, { readonly addresses: Set<string>; triplets: number }>();
  for (const same of byPair.values()) {
    const addresses = new Set(same.map(({ address }) => address));
    if (addresses.size < 2) continue;
    const [first] = same;
    const name = first === undefined ? '' : poolName(first);
    const pool = pools.get(name) ?? { addresses: new Set<string>(), triplets: 0 };
    for (const address of addresses) pool.addresses.add(address);
    pool.triplets += same.length;
    pools.set(name, pool);
  }
  return [...pools]
    .map(([name, pool]) => ({ name, addresses: pool.addresses.size, triplets: pool.triplets }))
    .sort((a, b) => b.triplets - a.triplets);
}

/** The domain of its clients' names, or their network. */
function poolName({ client, address }: Triplet): string {
  if (client?.includes('.') === true) return client.split('.').slice(-2).join('.');
  return address.includes(':') ? address : `${address.split('.').slice(0, 3).join('.')}.0/24`;
}

function burstsOf(triplets: readonly Triplet[]): Burst[] {
  const groups = new Map<string, Triplet[]>();
  for (const one of triplets) {
    push(groups, `${domainOf(one.sender)}|${one.recipient}`.toLowerCase(), one);
  }
  const bursts = new Map<string, { bursts: number; longest: number }>();
  for (const [key, group] of groups) {
    const sorted = group.sort((a, b) => a.first - b.first);
    const senders = new Set(sorted.map(({ sender }) => sender));
    const third = sorted[BURST_TRIPLETS - 1];
    const [first] = sorted;
    if (first === undefined || third === undefined || senders.size < BURST_TRIPLETS) continue;
    if (third.first - first.first > BURST_SECONDS) continue;
    const domain = key.slice(0, key.indexOf('|'));
    const known = bursts.get(domain) ?? { bursts: 0, longest: 0 };
    known.bursts += 1;
    known.longest = Math.max(known.longest, ...sorted.map(({ passedAge }) => passedAge ?? 0));
    bursts.set(domain, known);
  }
  return [...bursts]
    .map(([senderDomain, one]) => ({
      senderDomain,
      bursts: one.bursts,
      longestWaitSeconds: one.longest,
    }))
    .sort((a, b) => b.bursts - a.bursts);
}

function push<T>(map: Map<string, T[]>, key: string, one: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [one]);
  else known.push(one);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

function own(text: string): string {
  return ` ${text}`.slice(1);
}
