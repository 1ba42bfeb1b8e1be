import type { Reply } from '../model/smtp.js';
import { joinLines } from './reply-text.js';

/** Addresses, and words with digits: they name the message, the client or the time. */
const PASSING = /<[^<>]{0,400}>|[^\s<>]{1,64}@[^\s<>]{1,255}|\S{0,80}\d\S{0,80}/g;

/** Whether two replies say the same, apart from what names this message. */
export function saySame(one: Reply, other: Reply): boolean {
  return (
    one.code === other.code &&
    one.enhanced === other.enhanced &&
    lasting(one).toLowerCase() === lasting(other).toLowerCase()
  );
}

function lasting(reply: Reply): string {
  return joinLines(reply).replace(PASSING, '#').replace(/\s+/g, ' ');
}
