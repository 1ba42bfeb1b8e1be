/*
 * Bounds on what a server may say. RFC 5321 §4.5.3.1.5 allows 512 bytes a reply line; real servers
 * go over it, so the bound is wider, but there is one.
 */

/** Longest reply line in bytes, without its line end. */
export const MAX_LINE_BYTES = 2048;
/** Most lines in one reply. */
export const MAX_REPLY_LINES = 100;
/** Most bytes in one reply, line ends included. */
export const MAX_REPLY_BYTES = 64 * 1024;

/** Steps of a session that wait for the server. */
export type AwaitedStep =
  | 'connection'
  | 'banner'
  | 'helo'
  | 'starttls'
  | 'handshake'
  | 'rset'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'message';

const MINUTE_MS = 60_000;

/**
 * Upper limits in milliseconds. RFC 5321 §4.5.3.2 names those for the banner, MAIL, RCPT, DATA and
 * the end of the body; the others take the limit of the command that they most resemble.
 */
const UPPER_LIMITS_MS: Readonly<Record<AwaitedStep, number>> = {
  connection: 5 * MINUTE_MS,
  banner: 5 * MINUTE_MS,
  helo: 5 * MINUTE_MS,
  starttls: 2 * MINUTE_MS,
  handshake: 2 * MINUTE_MS,
  rset: 5 * MINUTE_MS,
  mail: 5 * MINUTE_MS,
  rcpt: 5 * MINUTE_MS,
  data: 2 * MINUTE_MS,
  message: 10 * MINUTE_MS,
};

/** Time in milliseconds for the whole of one reply: the caller's limit, within that of RFC 5321. */
export function stepLimitMs(step: AwaitedStep, timeoutMs: number): number {
  return Math.min(UPPER_LIMITS_MS[step], timeoutMs);
}

/** How long QUIT may wait for its reply when the session is sound. */
export const QUIT_LIMIT_MS = 2000;
/** How long QUIT may wait when the server has already failed to answer, or we were interrupted. */
export const HASTY_QUIT_LIMIT_MS = 500;
