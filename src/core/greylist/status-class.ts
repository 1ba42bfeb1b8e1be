import type { Reply } from '../../model/smtp.js';
import type { DeferralClass } from './hypothesis.js';
import { ENHANCED_RULES } from './rules.js';

/** How qmail ends a reply: `qq crashed (#4.3.0)`. */
const QMAIL_CODE = /\(#(?<code>[45]\.\d{1,3}\.\d{1,3})\)\s{0,9}$/;

/** The enhanced code, wherever it stands; null without one. */
export function enhancedCodeOf({ enhanced, text }: Reply): string | null {
  const { code = null } = QMAIL_CODE.exec(text.join(' '))?.groups ?? {};
  return enhanced ?? code;
}

/** The cause that the enhanced code stands for; null where it stands for many. */
export function classOfStatus(reply: Reply): DeferralClass | null {
  const subject = enhancedCodeOf(reply)?.slice(2);
  if (subject === undefined) return null;
  return ENHANCED_RULES.find(({ codes }) => codes.test(subject))?.class ?? null;
}
