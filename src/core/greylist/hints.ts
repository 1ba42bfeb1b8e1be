import type { Reply } from '../../model/smtp.js';
import { parseStatedDate } from './hint-dates.js';
import { DURATION_SHAPES, type Duration, NUMBER_WORD, readDuration } from './hint-durations.js';
import type { Hint, HintMeaning } from './hypothesis.js';
import { ReplyText } from './reply-text.js';
import { matchSignatures } from './signatures.js';
import { wordsOf } from './split-words.js';

/** What is known beside the reply. */
export interface HintContext {
  /** Wall clock, milliseconds since the Unix epoch: needed to read a date as a waiting time. */
  readonly nowMs?: number;
  /** What the last reply to the same tuple stated, and how long before this one that was. */
  readonly previous?: { readonly hint: Hint; readonly elapsedSeconds: number } | null;
}

/** Longer than any retry queue: a larger number is not a waiting time. */
const MAX_SECONDS = 31 * 86_400;
/** Seconds that rounding and the way of the reply can add to a countdown. */
const COUNTDOWN_SLACK_SECONDS = 3;

/** A reply that asks to come back, in the languages that servers speak. */
const ASKS_TO_RETRY =
  /gr[ea]y|grau|(?:liste?|lista) gri|grij|try|tries|retr|again|come back|wait|later|resend|left\)|versuch|warte|sp[äa]ter|nochmal|erneut|wieder|r[ée]essa|essay|plus tard|patient|attend|intent|vuelva|esper[ea]|m[áa]s tarde|riprov|ritent|pi[ùu] tardi|probeer|opnieuw|wacht|tente|aguard|mais tarde|повтор|попроб|попыт|позже|подожд|через|spr[oó]b|ponow|p[oó][zź]niej|zkus|opakuj|pozd[eě]ji|gri liste|tekrar|grå|försök|igen|prøv|сір|спробуй|пізніше|szürk|múlva|harmaa|kuluttua|peste|グレ|灰|그레이|후에|再|稍[后後]|[后後]|しばらく|待/i;

/** Numbers of these texts are allowances and counts; or the wait is not that of a greylister. */
const SPEAKS_OF_RATE =
  /(?<!\w)rate|throttl|volume|too (?:many|much|fast|quickly)|(?<!\w)per (?:second|minute|hour|day)|exceed|quota|limit|allowance|connections?(?!\w)|\d (?:\w{1,20} ){0,2}(?:e-?mails?|mails|messages|recipients|requests|nachrichten|mensajes|messaggi|berichten)(?!\w)|zu viele|trop de|demasiad|tropp[ieo]|te veel/i;
const SAYS_GREY =
  /gr[ea]y[- ]?list|postgrey|grau|gris|grigi|grij|cinz|szar|[šs]ed[áýéaye]|сер\p{L}{2,3} спис|гр[еэ]йлист|グレ|灰|gri liste|grå|сір\p{L}{2,3} спис|szürk|harmaa|그레이/iu;

/**
 * The waiting time that a deferral states, or null. A claim of the server: verify it.
 *
 * What the number means (the whole delay, or the time that is left) comes from comparing it with
 * the last reply; else from the catalogue; else from the shape; else it is `unknown`. A date
 * without a zone is read as UTC.
 */
export function parseHint(reply: Reply, context: HintContext = {}): Hint | null {
  if (reply.code < 400 || reply.code > 499) return null;
  const text = new ReplyText(reply);
  const prose = text.withoutAddresses;
  if (!(/\d/.test(prose) || NUMBER_WORD.test(prose)) || !ASKS_TO_RETRY.test(prose)) return null;
  if (SPEAKS_OF_RATE.test(prose) && !SAYS_GREY.test(prose)) return null;
  const stated = statedDuration(prose) ?? parseStatedDate(prose, context.nowMs);
  if (stated === null || stated.seconds > MAX_SECONDS) return null;
  return {
    seconds: stated.seconds,
    meaning:
      compared(stated, context.previous ?? null) ??
      knownMeaning(reply, text) ??
      (stated.seconds === 0 ? 'unknown' : stated.meaning),
    words: text.original.slice(stated.start, stated.start + stated.length),
  };
}

function statedDuration(text: string): Duration | null {
  for (const shape of DURATION_SHAPES) {
    const found = readDuration(shape, text);
    if (found !== null) return found;
  }
  return null;
}

/** The same number later: configured. Smaller by the time that passed: remaining. */
function compared(stated: Duration, previous: HintContext['previous'] | null): HintMeaning | null {
  if (previous === null || previous === undefined) return null;
  const { hint, elapsedSeconds } = previous;
  const slack = stated.granularitySeconds + COUNTDOWN_SLACK_SECONDS;
  if (elapsedSeconds <= slack) return hint.meaning === 'unknown' ? null : hint.meaning;
  const gone = hint.seconds - stated.seconds;
  if (gone === 0) return 'configured';
  return Math.abs(gone - elapsedSeconds) <= slack ? 'remaining' : 'unknown';
}

/** What every product that is known to say this to the letter means by its number. */
function knownMeaning(reply: Reply, text: ReplyText): HintMeaning | null {
  const meanings = new Set(
    matchSignatures(reply, null, text, wordsOf(text.lower)).flatMap((match) =>
      match.exact && match.hint !== null ? [match.hint] : [],
    ),
  );
  const [only] = meanings;
  return meanings.size === 1 && only !== undefined ? only : null;
}
