import type { Reply } from '../../model/smtp.js';
import { joinLines } from './reply-text.js';

/** Addresses, and words with digits: they name the message, the client or the time. */
const PASSING = /<[^<>]{0,400}>|[^\s<>]{1,64}@[^\s<>]{1,255}|\S{0,80}\d\S{0,80}/g;

/** Whether two replies say the same, apart from what names this message. */
export function saySame(one: Reply, other: Reply): boolean {
  return (
    one.code === other.code && one.enhanced === other.enhanced && lasting(one) === lasting(other)
  );
}

/** A reply's words do not change, and a run compares each with the first. */
const LASTING = new WeakMap<Reply, string>();

function lasting(reply: Reply): string {
  const known = LASTING.get(reply);
  if (known !== undefined) return known;
  const words = joinLines(reply).replace(PASSING, '#').replace(/\s+/g, ' ').toLowerCase();
  LASTING.set(reply, words);
  return words;
}
