import type { Reply } from '../model/smtp.js';
import { BoundedMap } from './bounded-map.js';
import { createGreylister } from './greylister.js';
import type { DecisionStage, Greylister, GreylisterPolicy } from './greylister-policy.js';
import type { Dialogue, HostAnswer, HostQuery, MailHostBehaviour } from './mail-host-behaviour.js';
import { fillReply, placeholdersOf } from './reply-template.js';

/** Clients or recipients that a host remembers: their names come from outside. */
const MEMORY = 10_000;

/** A host that takes every message. */
export function acceptsAll(): MailHostBehaviour {
  return {};
}

/** A host that greylists. Pass a greylister to let several hosts share one memory. */
export function greylists(
  greylister: Greylister | GreylisterPolicy,
  dialogue: Partial<Dialogue> = {},
): MailHostBehaviour {
  const { decide } = 'decide' in greylister ? greylister : createGreylister(greylister);
  return { dialogue, connect: decide, mail: decide, rcpt: decide, data: decide, message: decide };
}

/** The same reply at one stage, whoever asks and whenever: a policy, a broken filter, a rejection. */
export function alwaysReplies(stage: DecisionStage, reply: Reply): MailHostBehaviour {
  return at(stage, (query) => fill(reply, query));
}

/** No such recipient, for good. */
export function rejectsRecipient(): MailHostBehaviour {
  return alwaysReplies('rcpt', {
    code: 554,
    enhanced: '5.7.1',
    text: ['<{rcpt}>: Recipient address rejected: Access denied'],
  });
}

/** The client has no reverse DNS, and will not get any while it waits. */
export function wantsReverseDns(): MailHostBehaviour {
  return alwaysReplies('rcpt', {
    code: 450,
    enhanced: '4.7.25',
    text: ['Client host rejected: cannot find your hostname, [{client}]'],
  });
}

/** The HELO name does not resolve. */
export function checksHelo(): MailHostBehaviour {
  return alwaysReplies('rcpt', {
    code: 450,
    enhanced: '4.7.1',
    text: ['<{helo}>: Helo command rejected: Host not found'],
  });
}

/** The mailbox has no room; from `untilMs` on the host's clock it has again. */
export function mailboxFull(untilMs: number | null = null): MailHostBehaviour {
  return at('rcpt', (query) =>
    untilMs !== null && query.atMs >= untilMs
      ? null
      : fill({ code: 452, enhanced: '4.2.2', text: ['<{rcpt}>: Mailbox full'] }, query),
  );
}

/** Trouble that ends at a moment of the host's clock, for all clients alike. */
export function outageUntil(
  untilMs: number,
  stage: DecisionStage = 'rcpt',
  reply: Reply = { code: 451, enhanced: '4.3.0', text: ['Temporary lookup failure'] },
): MailHostBehaviour {
  return at(stage, (query) => (query.atMs < untilMs ? fill(reply, query) : null));
}

/** At most so many transactions a client in each stretch of time, counted at RCPT. */
export function limitsRate(
  transactions: number,
  perSeconds: number,
  reply: Reply = {
    code: 450,
    enhanced: '4.7.1',
    text: ['Error: too much mail from {client}'],
  },
): MailHostBehaviour {
  const counts = new BoundedMap<{ stretch: number; count: number }>(MEMORY);
  return at('rcpt', (query) => {
    const stretch = Math.floor(query.atMs / (perSeconds * 1000));
    const before = counts.get(query.client);
    const count = before?.stretch === stretch ? before.count + 1 : 1;
    counts.set(query.client, { stretch, count });
    return count > transactions ? fill(reply, query) : null;
  });
}

/**
 * The recipient is being verified elsewhere: the first to ask starts it, all are deferred until
 * it is done. Depends on the recipient only.
 */
export function verifiesRecipients(seconds: number): MailHostBehaviour {
  const started = new BoundedMap<number>(MEMORY);
  return at('rcpt', (query) => {
    const startedMs = started.get(query.recipient) ?? query.atMs;
    started.set(query.recipient, startedMs);
    if (query.atMs - startedMs >= seconds * 1000) return null;
    const says =
      '<{rcpt}>: Recipient address rejected: unverified address: Address verification in progress';
    return fill({ code: 450, enhanced: '4.1.1', text: [says] }, query);
  });
}

/** Too busy to talk at all. */
export function busyAtConnect(): MailHostBehaviour {
  return alwaysReplies('connect', {
    code: 421,
    enhanced: '4.3.2',
    text: ['{host} Too many connections, try again later'],
  });
}

function at(stage: DecisionStage, decide: (query: HostQuery) => HostAnswer): MailHostBehaviour {
  return { [stage]: decide };
}

function fill(reply: Reply, query: HostQuery): Reply {
  return fillReply(reply, placeholdersOf(query));
}
