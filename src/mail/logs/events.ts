import type { Reply, Stage } from '../../model/smtp.js';

/*
 * What the lines of mail logs say, whoever wrote them: one vocabulary for all sources. Events come in
 * the order of the log, and know nothing of each other: whoever reads them joins them by `message`.
 *
 *   mail postfix/qmgr[9]: 4ABC: from=<a@sender.example>, size=265, nrcpt=1 (queue active)
 *     { kind: 'active', message: '4ABC', sender: 'a@sender.example', ... }
 *   mail postfix/smtp[7]: 4ABC: to=<u@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=0.46,
 *   delays=0.2/0.1/0/0.15, dsn=4.2.0, status=deferred (host mx.example.org[192.0.2.1] said: 450 4.2.0
 *   Greylisted (in reply to RCPT TO command))
 *     { kind: 'attempt', message: '4ABC', recipient: 'u@example.org', host: 'mx.example.org',
 *       address: '192.0.2.1', sinceArrivalSeconds: 0.46, durationSeconds: 0.15,
 *       outcome: { kind: 'refused', reply: 450 4.2.0 Greylisted, stage: 'rcpt', final: false }, ... }
 *   mail postfix/qmgr[9]: 4ABC: removed
 *     { kind: 'gone', message: '4ABC', why: 'removed', ... }
 *
 * Everything in an event was written by strangers in part (replies, names): it is text, not truth.
 */

/** The sources of events, one for each file in `sources/`. */
export const LOG_SOURCE_IDS = [
  'postfix-log',
  'postfix-queue',
  'exim-log',
  'sendmail-log',
  'sendmail-queue',
  'exchange-log',
  'exchange-online-log',
  'iis-smtp-log',
  'qmail-log',
  'opensmtpd-log',
  'haraka-log',
  'zonemta-log',
  'kumomta-log',
  'stalwart-log',
  'hmailserver-log',
  'smartermail-log',
  'mdaemon-log',
  'mailman-log',
  'powermta-log',
  'provider-events',
  'postgrey-log',
  'sqlgrey-log',
  'rspamd-log',
  'milter-greylist-log',
  'openbsd-spamd-log',
] as const;
export type LogSourceId = (typeof LOG_SOURCE_IDS)[number];

/** What every event says of itself. */
interface Told {
  readonly source: LogSourceId;
  /** The time as it stands: many logs name neither year nor zone. `LogClock` makes seconds of it. */
  readonly when: string | null;
  /** The host that wrote the line. */
  readonly logHost: string | null;
  /** One of several mail servers on that host: `postfix-out2`. Null: the source has no such names. */
  readonly instance: string | null;
}

/** What the events of one message share. */
interface OfMessage extends Told {
  /**
   * The id of the message at its server, unique only together with `source`, `logHost` and `instance`,
   * and even so used again after a while (short ids of Postfix, numbers of qmail). Null: not named.
   */
  readonly message: string | null;
}

/** A message came in, or came up for its next try; the line names its sender. */
export interface Active extends OfMessage {
  readonly kind: 'active';
  /** Without angle brackets; '' for the null sender. */
  readonly sender: string;
  /** Who handed it over, where the line says so. */
  readonly clientAddress?: string | null;
}

/** One try for one recipient has ended. A line that names three recipients gives three events. */
export interface LoggedAttempt extends OfMessage {
  readonly kind: 'attempt';
  readonly recipient: string | null;
  /** To whom the mail came, where an alias or a forward made another recipient of that. */
  readonly addressedTo?: string | null;
  /** Where this line names it; else `Active` had it. */
  readonly sender: string | null;
  /** The host that was asked. Null: nobody was, or the source does not say. */
  readonly host: string | null;
  readonly address: string | null;
  /** Our own address of the connection: the one that the other side's list keys on. */
  readonly localAddress: string | null;
  /** From the arrival of the message to this line (`delay=` of Postfix, `QT=` of Exim). */
  readonly sinceArrivalSeconds: number | null;
  /** Arrival as the id or a field gives it exactly, in seconds since 1970 UTC. */
  readonly arrivedAt: number | null;
  /** How long the mail transaction itself took: the server saw the recipient within that time. */
  readonly durationSeconds: number | null;
  readonly outcome: LoggedOutcome;
}

/** A host refused before another one of the same recipient was tried; its line is not the last. */
export interface PassedOver extends OfMessage {
  readonly kind: 'passed-over';
  /** Where the reply names it: Postfix has no field for it in such lines. */
  readonly recipient: string | null;
  readonly host: string | null;
  readonly address: string | null;
  readonly outcome: Refused;
}

/** The message left the queue, or this recipient of it did. */
export interface Gone extends OfMessage {
  readonly kind: 'gone';
  /**
   * `removed`: the queue file went, for whatever reason; within the same second this can stand before
   * the attempt that was the reason. `expired`: its time ran out and it was returned.
   */
  readonly why: 'removed' | 'expired';
  readonly recipient: string | null;
}

/**
 * The other end: a client came, and this server, or its greylister, decided.
 *
 *   postgrey[8]: action=pass, reason=triplet found, delay=37, client_name=unknown, client_address=...
 *     { kind: 'decision', decided: 'passed', greylister: 'postgrey', ageSeconds: 37, ... }
 */
export interface LoggedDecision extends OfMessage {
  readonly kind: 'decision';
  /**
   * `refused`: come back later, or never (see `reply`). `passed`: the client had waited, and was let
   * in. `exempt`: let in without any waiting: whitelists, or a first contact that nobody held up.
   */
  readonly decided: 'refused' | 'passed' | 'exempt';
  /** The greylister that decided, by its id in the catalogue; null: the words have to tell. */
  readonly greylister: string | null;
  /** The client that asked. */
  readonly client: string | null;
  readonly clientAddress: string | null;
  readonly sender: string | null;
  /** Where the line names no more of the sender. */
  readonly senderDomain?: string | null;
  readonly recipient: string | null;
  /** Age of the tuple at this contact, as the greylister says (`delay=37`, `(61)`). */
  readonly ageSeconds: number | null;
  /** What was missing to the delay (`early-retry (13s missing)`); null where it does not say. */
  readonly missingSeconds: number | null;
  /** True where the line says that the tuple was known, and came back too early. */
  readonly early: boolean;
  /** What the client was told; null where the line has no words for it. */
  readonly reply: Reply | null;
  readonly codeAssumed: boolean;
  readonly stage: Stage | null;
}

export type LogEvent = Active | LoggedAttempt | PassedOver | Gone | LoggedDecision;

/** How a try ended. Only `accepted` and `refused` are contacts with the other side. */
export type LoggedOutcome = Accepted | Refused | OwnSide | Suspended;

interface Accepted {
  readonly kind: 'accepted';
}

/** The other side refused. */
export interface Refused {
  readonly kind: 'refused';
  readonly reply: Reply;
  /** True where the line has no basic code, so that one was put in. */
  readonly codeAssumed: boolean;
  /** The command that was refused; null where the source does not log it. */
  readonly stage: Stage | null;
  /** True where the sender gives the recipient up with this line, and returns the message. */
  readonly final: boolean;
}

/** No reply: nobody answered, the connection broke, or the sender's own side failed. */
interface OwnSide {
  readonly kind: 'own-side';
  readonly reason: string;
  readonly final: boolean;
}

/**
 * No try at all: the sender waits for a host that it gave up for a while (`delivery temporarily
 * suspended` of Postfix). The reason may quote an earlier reply.
 */
interface Suspended {
  readonly kind: 'suspended';
  readonly reason: string;
  /** The earlier reply, where the reason quotes one. */
  readonly reply: Reply | null;
  readonly stage: Stage | null;
}
