import { type ParsedReply, parseReplyLines } from '../../model/reply.js';
import type { Failure, Reply } from '../../model/smtp.js';
import type { ClockReading } from '../../model/time.js';

/** What came of waiting for one reply, and when that was known. Positive: 2yz or 3yz, as expected. */
export type Answer =
  | {
      readonly positive: boolean;
      readonly reply: Reply;
      readonly failure: null;
      readonly at: ClockReading;
    }
  | FailedAnswer;

export interface FailedAnswer {
  readonly positive: false;
  readonly reply: null;
  readonly failure: Failure;
  readonly at: ClockReading;
}

/**
 * Reads the reply to one command. `expects` is the first digit of a positive reply to it; 4 and 5
 * are always possible, and anything else means that the two sides have lost each other.
 */
export function parseReplyTo(name: string, expects: 2 | 3, lines: readonly string[]): ParsedReply {
  const parsed = parseReplyLines(lines);
  if (parsed.reply === null) {
    return { reply: null, problem: `Garbled reply to ${name}: ${parsed.problem}.` };
  }
  const { code } = parsed.reply;
  if (isNegative(code) || Math.floor(code / 100) === expects) return parsed;
  return { reply: null, problem: `${code} is no possible reply to ${name}.` };
}

export function isNegative(code: number): boolean {
  return code >= 400;
}
