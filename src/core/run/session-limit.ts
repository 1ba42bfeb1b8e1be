import type { Reply, Stage } from '../../model/smtp.js';
import { classify } from '../greylist/classify.js';
import type { DeferralClass } from '../greylist/hypothesis.js';

/**
 * Words about how much one session may do. `sessions` and `connections` are left out on purpose: who
 * counts those has asked us to stop. An allowance per hour or day is a rate limit.
 */
const SESSION_WORDS =
  /nested mail|sender already|(?:bad|wrong|improper) (?:command )?sequence|sequence of commands|too many recipients(?! from)|one recipient|transaction(?:s| limit| count)|(?:too many|max(?:imum)?|limit|exceed\w*|only one|no more|enough)[^.;]{0,60}(?:this|per|a|one|same|single|each|the) (?:smtp )?(?:session|connection)(?!s| rate)/i;
const PER_TIME = /(?:per|an?|last|past|\d) ?(?:sec|min|hour|day)/i;

/** Readings of words that a limit of the session can be worded as. */
const CAN_BE_A_LIMIT: ReadonlySet<DeferralClass> = new Set([
  'rate-limit',
  'too-many-connections',
  'unknown',
]);

/** Read off the codes alone: the words say nothing that is known. */
const WORDLESS = /^(?:code-\d+|enhanced-code)$/;

/** `5.1.x` an address, `5.2.x` a mailbox, `5.6.x` the content (RFC 3463 §3). */
const ABOUT_THE_MAIL = /^5\.[126]\./;

/** Our commands are right and in order, so these are about nothing that we asked (RFC 5321 §4.2.2). */
const ABOUT_COMMANDS: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/**
 * Whether a refusal for good is about the session and not about the mail, whenever it is given.
 * `503 5.5.1 nested MAIL`, `554 too many transactions in this connection` -> true; `550 no` -> false
 */
export function isAboutSession({ code, text }: Reply): boolean {
  const words = text.join(' ');
  return ABOUT_COMMANDS.has(code) || (SESSION_WORDS.test(words) && !PER_TIME.test(words));
}

/**
 * Whether a refusal says only that this session takes no further transaction. Asked of a transaction
 * that was not the first of its session, after others that were not rejected; there it is told by its
 * words, by 503 (bad sequence of commands, RFC 5321 §4.2.2), or, for a 5yz, by what it does not say:
 * a host that rejects the mail will say so to the first transaction of the next connection as well.
 *
 *     450 Greylisted, then 554 Too many transactions    true
 *     450 Greylisted, then 550 5.1.1 User unknown       false
 */
export function limitsSession(reply: Reply, stage: Stage): boolean {
  const { code, enhanced } = reply;
  if (code < 400 || code === 421) return false;
  if (isAboutSession(reply)) return true;
  if (code < 500 || ABOUT_THE_MAIL.test(enhanced ?? '')) return false;
  const [top] = classify(reply, stage);
  return top === undefined || CAN_BE_A_LIMIT.has(top.class) || WORDLESS.test(top.rule);
}
