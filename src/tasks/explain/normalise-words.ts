import type { Reply } from '../../model/smtp.js';

/** Characters that are looked at. */
const MAX_LENGTH = 1024;
/** Words with digits that are this long are ids; shorter ones may be codes such as `[TSS04]`. */
const ID_LENGTH = 12;

const AT = 0x40;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * The words of a reply without what differs from message to message: addresses, host names, numbers,
 * ids, paths of links. Replies with the same normalised words have the same class.
 *
 * One pass over the characters: this is done for every refusal of a log.
 */
export function normaliseWords(reply: Reply): string {
  const text = reply.text.length === 1 ? (reply.text[0] ?? '') : reply.text.join(' ');
  const end = Math.min(text.length, MAX_LENGTH);
  let normalised = '';
  let start = 0;
  while (start < end) {
    const blank = text.indexOf(' ', start);
    const stop = blank < 0 || blank > end ? end : blank;
    normalised += wordKey(text, start, stop);
    normalised += ' ';
    start = stop + 1;
  }
  return normalised;
}

function wordKey(text: string, start: number, stop: number): string {
  let letters = 0;
  let digits = 0;
  let innerDots = 0;
  for (let at = start; at < stop; at += 1) {
    const code = text.charCodeAt(at);
    if (code === AT) return '@';
    if (code >= ZERO && code <= NINE) digits += 1;
    else if (code === DOT && at > start && at < stop - 1) innerDots += 1;
    else if (isLetter(code)) letters += 1;
  }
  if (digits === 0 && innerDots === 0) return text.slice(start, stop);
  const word = text.slice(start, stop);
  if (word.includes('://')) return linkWithoutPath(word);
  if (letters === 0) return innerDots === 2 && digits < 6 ? word : '#';
  return innerDots > 0 || word.length >= ID_LENGTH ? '#' : word;
}

/** The host of a link may tell the product; its path holds the recipient or an id. */
function linkWithoutPath(word: string): string {
  const host = word.indexOf('://') + 3;
  const path = word.indexOf('/', host);
  return path < 0 ? word : word.slice(0, path);
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code > 0x7f;
}
