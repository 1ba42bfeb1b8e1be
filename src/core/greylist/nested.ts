import type { Reply } from '../../model/smtp.js';
import { joinLines } from './reply-text.js';

/** A reply of another server, quoted by the one that answered. */
export interface NestedReply {
  readonly reply: Reply;
  /** What the answering server says itself, before the quotation. */
  readonly outer: Reply;
  /** How the quotation is introduced and its code, as it stood. */
  readonly words: string;
}

const CODES = String.raw`([245]\d\d)(?:[ -]#?([245]\.\d{1,3}\.\d{1,3})(?!\.?\d))?`;

/** `host mx.example[192.0.2.1] said: 450 4.2.0 ...`, `from MTA([127.0.0.1]:10025): 451 ...` */
const INTRODUCED = new RegExp(
  String.raw`(?<!\w)(?:said|says|returned|replied|responded|answered|response(?: was)?|reply(?: was)?|from mta\([^()]{0,80}\)|smtp)(?:\([^()]{0,80}\))?(?: with)?(?::|;| )[\s"'(]{0,4}${CODES}(?=[\s"'(<]|$)`,
  'i',
);

/** `...: 451 4.7.1 ...`: a pair of codes in the middle of a text. */
const BARE_PAIR = /[:;(,-][ "']{0,2}([245]\d\d)[ -]#?([245]\.\d{1,3}\.\d{1,3})(?=[\s"'(<])/;

/** Finds a reply quoted inside the text of another; null when there is none. */
export function findNestedReply(reply: Reply): NestedReply | null {
  const text = joinLines(reply);
  const hit = INTRODUCED.exec(text) ?? foreignPair(text, reply);
  if (hit === null) return null;
  const rest = text.slice(hit.index + hit[0].length).replace(/^[\s-]{1,9}/, '');
  return {
    reply: { code: Number(hit[1]), enhanced: hit[2] ?? null, text: [rest] },
    outer: { ...reply, text: [text.slice(0, hit.index)] },
    words: hit[0].trim(),
  };
}

/** The codes of the reply itself, repeated on a later line, are no quotation. */
function foreignPair(text: string, reply: Reply): RegExpExecArray | null {
  const hit = BARE_PAIR.exec(text);
  const own = Number(hit?.[1]) === reply.code && hit?.[2] === reply.enhanced;
  return own ? null : hit;
}
