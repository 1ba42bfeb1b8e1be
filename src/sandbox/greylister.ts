import type { Reply } from '../model/smtp.js';
import { clientNetwork } from '../model/values/client-network.js';
import { domainOf, localPartOf } from './address-parts.js';
import { BoundedMap } from './bounded-map.js';
import type { Greylister, GreylisterPolicy, GreylistQuery, KeyPart } from './greylister-policy.js';
import { fillReply, hoursMinutesSeconds, placeholdersOf } from './reply-template.js';
import { senderForTuple, senderForWhitelist } from './sender-normalisation.js';

/** Tuples remembered at most: the sandbox may run for long and its clients are not to be trusted. */
const MEMORY = 100_000;

/** What is known of a tuple. Times are milliseconds on the server's clock. */
interface Entry {
  firstMs: number;
  lastMs: number;
  refusals: number;
  penaltySeconds: number;
  lateTries: number;
  /** When a scan opens the way; null: not marked by a late try. */
  opensMs: number | null;
  /** Last time it was let through; null: never. */
  passedMs: number | null;
  readonly session: number | undefined;
}

/** Passes of a client, or of a sender from it. */
interface Passes {
  count: number;
  lastMs: number;
  /** Before this the passes do not help: a scan has yet to run. */
  fromMs: number;
}

/**
 * Creates a greylister with an empty memory: a state machine without clock or chance of its own.
 * Queries must come in the order of their times.
 */
export function createGreylister(policy: GreylisterPolicy): Greylister {
  const tuples = new BoundedMap<Entry>(MEMORY);
  const whitelist = new BoundedMap<Passes>(MEMORY);

  function decide(query: GreylistQuery): Reply | null {
    if (isExempt(policy, query)) return null;
    if (query.stage !== policy.stage) {
      if (query.stage === 'message' && policy.passNeedsMessage === true) rememberPass(query);
      return null;
    }
    if (isWhitelisted(query)) return null;
    const key = tupleKey(policy, query);
    const known = recall(key, query.atMs);
    if (known === undefined) {
      tuples.set(key, newEntry(query));
      return refusal(policy, query, policy.delaySeconds, 0);
    }
    if (known.passedMs !== null || mayPass(policy, known, query)) {
      pass(key, known, query);
      return null;
    }
    return refuse(known, query);
  }

  function recall(key: string, atMs: number): Entry | undefined {
    const entry = tuples.get(key);
    return entry !== undefined && !isForgotten(policy, entry, atMs) ? entry : undefined;
  }

  function refuse(entry: Entry, query: GreylistQuery): Reply {
    const remaining = remainingSeconds(policy, entry, query.atMs);
    if (remaining > 0) countEarlyTry(policy, entry, query.atMs);
    else countLateTry(entry, query);
    entry.lastMs = query.atMs;
    entry.refusals += 1;
    const wait = remaining > 0 ? remainingSeconds(policy, entry, query.atMs) : 0;
    return refusal(policy, query, wait, entry.refusals);
  }

  function countLateTry(entry: Entry, query: GreylistQuery): void {
    entry.lateTries += 1;
    if (entry.opensMs !== null || entry.lateTries < policy.lateTriesNeeded) return;
    entry.opensMs = nextScan(policy, query.atMs);
    // A scan opens the way for all that the whitelist covers, before any try has passed.
    if (policy.scanIntervalSeconds > 0) countPass(query, entry.opensMs);
  }

  function pass(key: string, entry: Entry, query: GreylistQuery): void {
    if (policy.whitelistSeconds === 0 || policy.passNeedsMessage === true) tuples.delete(key);
    entry.passedMs = query.atMs;
    entry.lastMs = query.atMs;
    countPass(query, query.atMs);
  }

  function rememberPass(query: GreylistQuery): void {
    tuples.set(tupleKey(policy, query), { ...newEntry(query), passedMs: query.atMs });
  }

  function countPass(query: GreylistQuery, fromMs: number): void {
    const key = whitelistKey(policy, query);
    if (key === null) return;
    const passes = whitelist.get(key);
    const gapMs = (policy.autoWhitelist.secondsBetweenPasses ?? 0) * 1000;
    if (passes === undefined || whitelistExpired(policy, passes, query.atMs)) {
      whitelist.set(key, { count: 1, lastMs: fromMs, fromMs });
    } else if (query.atMs - passes.lastMs >= gapMs) {
      passes.count += 1;
      passes.lastMs = Math.max(passes.lastMs, fromMs);
    }
  }

  function isWhitelisted(query: GreylistQuery): boolean {
    const key = whitelistKey(policy, query);
    const passes = key === null ? undefined : whitelist.get(key);
    if (passes === undefined || passes.count < policy.autoWhitelist.afterPasses) return false;
    if (query.atMs < passes.fromMs || whitelistExpired(policy, passes, query.atMs)) return false;
    passes.lastMs = Math.max(passes.lastMs, query.atMs);
    return true;
  }

  return { decide };
}

function newEntry({ atMs, session }: GreylistQuery): Entry {
  return {
    firstMs: atMs,
    lastMs: atMs,
    refusals: 0,
    penaltySeconds: 0,
    lateTries: 0,
    opensMs: null,
    passedMs: null,
    session,
  };
}

function isExempt(policy: GreylisterPolicy, query: GreylistQuery): boolean {
  return policy.exemptRecipients.includes(localPartOf(query.recipient).toLowerCase());
}

/** Seconds between two times as a server with a truncated clock sees them. */
function secondsBetween(policy: GreylisterPolicy, fromMs: number, toMs: number): number {
  const tickMs = policy.clockGranularitySeconds * 1000;
  if (tickMs === 0) return (toMs - fromMs) / 1000;
  return ((Math.floor(toMs / tickMs) - Math.floor(fromMs / tickMs)) * tickMs) / 1000;
}

function remainingSeconds(policy: GreylisterPolicy, entry: Entry, atMs: number): number {
  const wanted = policy.delaySeconds + entry.penaltySeconds;
  return wanted - secondsBetween(policy, entry.firstMs, atMs);
}

function mayPass(policy: GreylisterPolicy, entry: Entry, query: GreylistQuery): boolean {
  const { atMs, session } = query;
  if (policy.newSessionNeeded === true && session !== undefined && session === entry.session) {
    return false;
  }
  if (remainingSeconds(policy, entry, atMs) > 0) return false;
  if (policy.lateTriesNeeded > 0) return entry.opensMs !== null && atMs >= entry.opensMs;
  if (policy.scanIntervalSeconds === 0) return true;
  const dueMs = entry.firstMs + (policy.delaySeconds + entry.penaltySeconds) * 1000;
  return atMs >= nextScan(policy, dueMs);
}

/** The first scan after a moment: scans run at whole multiples of the interval. */
function nextScan(policy: GreylisterPolicy, atMs: number): number {
  const intervalMs = policy.scanIntervalSeconds * 1000;
  return intervalMs === 0 ? atMs : (Math.floor(atMs / intervalMs) + 1) * intervalMs;
}

function countEarlyTry(policy: GreylisterPolicy, entry: Entry, atMs: number): void {
  if (policy.earlyRetry.kind === 'double') {
    entry.penaltySeconds += policy.delaySeconds + entry.penaltySeconds;
  }
  if (policy.earlyRetry.kind === 'restart') entry.firstMs = atMs;
  if (policy.earlyRetry.kind === 'penalty') entry.penaltySeconds += policy.earlyRetry.seconds;
}

function isForgotten(policy: GreylisterPolicy, entry: Entry, atMs: number): boolean {
  const limit = entry.passedMs === null ? policy.windowSeconds : policy.whitelistSeconds;
  const waitingFrom = policy.windowFrom === 'last' ? entry.lastMs : entry.firstMs;
  return limit !== null && secondsBetween(policy, entry.passedMs ?? waitingFrom, atMs) > limit;
}

function whitelistExpired(policy: GreylisterPolicy, passes: Passes, atMs: number): boolean {
  const limit = policy.whitelistSeconds;
  return limit !== null && secondsBetween(policy, passes.lastMs, atMs) > limit;
}

function tupleKey(policy: GreylisterPolicy, query: GreylistQuery): string {
  return joinKey(
    policy,
    query,
    policy.key.map((part) => keyPart(policy, part, query)),
  );
}

function keyPart(policy: GreylisterPolicy, part: KeyPart, query: GreylistQuery): string {
  switch (part) {
    case 'client':
      return query.client;
    case 'client-network':
      return clientNetwork(query.client, policy.clientNetwork);
    case 'helo':
      return query.helo.toLowerCase();
    case 'sender':
      return senderForTuple(query.sender, policy.senderNormalisation);
    case 'sender-domain':
      return domainOf(query.sender);
    case 'recipient':
      return query.recipient.toLowerCase();
    case 'message-id':
      return query.messageId ?? '';
    case 'body':
      return query.body ?? '';
  }
}

/** Key of the automatic whitelist, or null when there is none. */
function whitelistKey(policy: GreylisterPolicy, query: GreylistQuery): string | null {
  switch (policy.autoWhitelist.scope) {
    case 'none':
      return null;
    case 'client':
      return joinKey(policy, query, [query.client]);
    case 'client-sender': {
      const { senderNormalisation } = policy;
      const sender = senderForWhitelist(query.sender, query.recipient, senderNormalisation);
      return joinKey(policy, query, [query.client, sender]);
    }
    case 'client-sender-domain':
      return joinKey(policy, query, [query.client, domainOf(query.sender)]);
  }
}

function joinKey(policy: GreylisterPolicy, query: GreylistQuery, parts: readonly string[]): string {
  return JSON.stringify([policy.sharedState ? '' : query.host, ...parts]);
}

function refusal(
  policy: GreylisterPolicy,
  query: GreylistQuery,
  remaining: number,
  earlierRefusals: number,
): Reply {
  const reply = earlierRefusals > 0 ? (policy.laterReply ?? policy.reply) : policy.reply;
  return fillReply(reply, {
    ...placeholdersOf(query),
    remaining: String(Math.ceil(remaining)),
    remaining_minutes: String(Math.ceil(remaining / 60)),
    remaining_hms: hoursMinutesSeconds(remaining),
    delay: String(policy.delaySeconds),
    delay_minutes: String(Math.ceil(policy.delaySeconds / 60)),
  });
}
