import type { ClockReading } from './time.js';

/** Where in a session the server answered. `message` is the reply to the end of the body. */
export const STAGES = ['connect', 'helo', 'starttls', 'mail', 'rcpt', 'data', 'message'] as const;
export type Stage = (typeof STAGES)[number];

/** How far a probe goes: to RCPT, to the 354 of DATA, or through a whole message. */
export const PROBE_STAGES = ['rcpt', 'data', 'message'] as const;
export type ProbeStage = (typeof PROBE_STAGES)[number];

export const TLS_POLICIES = ['opportunistic', 'require', 'never'] as const;
export type TlsPolicy = (typeof TLS_POLICIES)[number];

/** One SMTP reply (RFC 5321 §4.2), however many lines it had. */
export interface Reply {
  /** Basic code, 200 to 599. */
  readonly code: number;
  /** Enhanced status code (RFC 3463) such as `4.7.1`, or null when the reply has none. */
  readonly enhanced: string | null;
  /** Text of each line, without basic and enhanced code. At least one, perhaps empty. */
  readonly text: readonly string[];
}

/** Why there was no usable reply. */
export const FAILURE_CODES = [
  'connection-refused',
  'connection-reset',
  'connection-closed',
  'host-unreachable',
  'timeout',
  'garbled-reply',
  'reply-too-long',
  'tls-not-offered',
  'tls-failed',
  'tls-plaintext-injected',
  'smtputf8-not-offered',
  'session-limit',
  'source-address',
  'machine-limit',
  'left-alone',
  'interrupted',
  'network',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export interface Failure {
  readonly code: FailureCode;
  /** A sentence for people. */
  readonly message: string;
}

export const OUTCOMES = ['accepted', 'deferred', 'rejected', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * How one transaction ended. Exactly one of `reply` and `failure` is set.
 *
 * The server learnt of the tuple between `sent` and `replied`: `sent` is read just before the
 * first command that told it the whole tuple (RCPT; MAIL where the answer came at MAIL; the
 * connection attempt where it ended earlier), `replied` just after the deciding reply was read.
 */
export interface TransactionEnd {
  readonly stage: Stage;
  readonly reply: Reply | null;
  readonly failure: Failure | null;
  readonly sent: ClockReading;
  readonly replied: ClockReading;
}
