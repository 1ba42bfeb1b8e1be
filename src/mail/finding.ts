import type { Reply, Stage } from '../model/smtp.js';
import { LOG_SOURCE_IDS } from './logs/events.js';

/** Where a finding was read. `bounce-text` is a report for people that no standard describes. */
export const SOURCE_KINDS = [
  'reply',
  'dsn',
  'exchange-report',
  'bounce-text',
  ...LOG_SOURCE_IDS,
] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What an input as a whole can be read as. */
export const INPUT_FORMATS = ['reply', 'mail', 'report', 'log'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** Mail servers that can be told from what they write. */
export const SENDER_SOFTWARE = [
  'exchange-2003',
  'exchange-2007plus',
  'exchange-online',
  'postfix',
  'exim',
  'sendmail',
  'qmail',
  'opensmtpd',
  'haraka',
  'zonemta',
  'kumomta',
  'stalwart',
  'hmailserver',
  'smartermail',
  'mdaemon',
  'mailman',
  'powermta',
  'domino',
] as const;
export type SenderSoftware = (typeof SENDER_SOFTWARE)[number];

/**
 * What became of the message, as far as the source says. `deferred`: the sender keeps it and will
 * try again. `gave-up`: the sender returned it although the reply was temporary, or its time ran
 * out. `delivered`: a later try was accepted. `rejected`: refused for good. `unknown`: a bare reply says nothing about the message.
 */
export const FATES = ['deferred', 'delivered', 'gave-up', 'rejected', 'unknown'] as const;
export type Fate = (typeof FATES)[number];

/** `incoming`: the server that wrote the log refused a client, so it is the one that spoke. */
export const DIRECTIONS = ['outgoing', 'incoming'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** One refusal that a text tells of. Null: the text does not say. */
export interface Finding {
  readonly source: SourceKind;
  readonly direction: Direction;
  readonly fate: Fate;
  /** Null where no server answered; then `failure` says what happened instead. */
  readonly reply: Reply | null;
  /** True where the text has no basic code, so that 450, 451 or 550 was put in. */
  readonly codeAssumed: boolean;
  readonly failure: string | null;
  readonly stage: Stage | null;
  readonly recipient: string | null;
  readonly sender: string | null;
  /** The host that wrote the report or the log. */
  readonly reportingHost: string | null;
  /** The other end: the host that refused, or for `incoming` the client that was refused. */
  readonly remoteHost: string | null;
  readonly remoteAddress: string | null;
  /** As it stands in the source: many logs name neither year nor zone. */
  readonly when: string | null;
  /** Line in the input, from 1. */
  readonly line: number | null;
  readonly software: SenderSoftware | null;
  /** The greylister whose own log this is, by its id in the catalogue; its lines have no reply. */
  readonly greylister: string | null;
}

/** A finding of which only the given parts are known. Written out: it is made for each line of a log. */
export function finding(known: Partial<Finding> & { readonly source: SourceKind }): Finding {
  return {
    source: known.source,
    direction: known.direction ?? 'outgoing',
    fate: known.fate ?? 'unknown',
    reply: known.reply ?? null,
    codeAssumed: known.codeAssumed ?? false,
    failure: known.failure ?? null,
    stage: known.stage ?? null,
    recipient: known.recipient ?? null,
    sender: known.sender ?? null,
    reportingHost: known.reportingHost ?? null,
    remoteHost: known.remoteHost ?? null,
    remoteAddress: known.remoteAddress ?? null,
    when: known.when ?? null,
    line: known.line ?? null,
    software: known.software ?? null,
    greylister: known.greylister ?? null,
  };
}
