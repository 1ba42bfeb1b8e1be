/*
 * Where a reply ends that somebody copied. What is not surely the reply must not be read as its words:
 * a question below it ("Is this greylisting?") would say what the server did not say.
 */

/** A shorter line was not wrapped: somebody ended it. */
const LEAST_WRAPPED = 56;
const LEAST_WRAPPED_INDENTED = 36;

/** What begins something else: rules, stack traces, times, copies of the message, dialogues. */
const SOMETHING_ELSE =
  /^\s*(?:\|?[-=_*~#]{3,}|at \S{1,200}[(.]|Traceback|\d{1,2}:\d\d|\d{4}-\d\d-\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:|Below |This is a copy|The header of|Original message|Diagnostic|Reporting-MTA|Received:|Final-Recipient:|Connection |Escape character)/i;
/** How people begin to speak of a reply. */
const PEOPLE =
  /^\s*(?:is|are|am|does|do|did|was|were|has|have|had|why|what|how|who|when|where|which|can|could|should|would|will|whether|may|might|maybe|perhaps|i|i'm|we|you|they|he|she|our|my|your|this|that|these|it|it's|people|some|somebody|someone|anybody|anyone|any|but|so|hi|hello|dear|thanks|thank|regards|greetings|help|any|edit|update|note|after|then|second|first|next|later|sounds|looks|seems|apparently)(?![\w'-])/i;
const QUESTION = /\?(?=[\s"')\]]|$)/;
/** A line that ends so was cut in the middle of a sentence. */
const GOES_ON_AFTER =
  /(?:[,:;(<[/-]|\b(?:see|the|a|an|to|for|of|at|in|on|from|is|was|been|be|and|or|by|with|not|your|our|please|try))$/i;

/** True for a line as people begin to speak of a reply, or ask about it. */
export function beginsProse(line: string): boolean {
  return PEOPLE.test(line) || QUESTION.test(line);
}

/** True where a line without a code goes on with the reply whose last line is `above`. */
export function goesOn(above: string, line: string): boolean {
  const words = line.trim();
  if (isNextMessage(above, words)) return false;
  if (!/[\p{L}\p{N}]/u.test(words) || SOMETHING_ELSE.test(line) || QUESTION.test(words))
    return false;
  if (/:$/.test(words)) return false;
  const end = above.trimEnd();
  const least = /^\s{2,}/.test(line) ? LEAST_WRAPPED_INDENTED : LEAST_WRAPPED;
  if (end.length < least) return false;
  if (PEOPLE.test(words)) return false;
  return GOES_ON_AFTER.test(end) || (!/[.!?]$/.test(end) && !/^\p{Lu}/u.test(words));
}

/** `msmtp: server message: 450 ...`, and then `msmtp: could not send mail`. */
function isNextMessage(above: string, words: string): boolean {
  const program = /^\s*([\w.-]{2,40}: )/.exec(above)?.[1];
  return program !== undefined && words.startsWith(program);
}

/** Where a last sentence begins, or what stands behind a dash or in a bracket. */
const ASIDE = String.raw`(?:(?<=[.!;])\s+|\s[-\u2013\u2014]{1,3}\s+|\s?\()`;
const LAST_ASKS = new RegExp(String.raw`${ASIDE}[^.!;(]{0,300}\?[\s)"']*$`);
const LAST_SAYS = new RegExp(`${ASIDE}([^.!;(]{1,300}[.!;]?)$`);
/** Words that begin a question, in the middle of a sentence. */
const ASKS =
  /[,:]?\s+(?=(?:is|are|does|do|did|was|can|could|should|would|will|what|why|how|who|when|which|where|so|ist|sind|hei\u00dft|warum|est-ce|pourquoi|es|por|\u00e8|perch\u00e9|\u044d\u0442\u043e|\u043f\u043e\u0447\u0435\u043c\u0443)\s)/gi;

/**
 * What people say of greylisting behind a reply, and no server says of itself: that you greylist, or a
 * guess. `450 4.3.0 Temporary error, maybe greylisting` and `You are greylisted` are not the same.
 */
const GUESS =
  /(?:(?<=[.;!])|,|\s[-\u2013\u2014]{1,3}|\s?\()\s*(?:(?:if )?you(?:'re| are)?(?: us(?:e|ing)| do(?:ing)?)? (?=gr[ae]y-?list(?:ing)?\b)|(?:i|we) (?:think|guess|suppose|believe|assume|suspect) |(?:this |that |it )?(?:looks|seems|sounds|might|may|could|must) |maybe |perhaps |probably |apparently |presumably )[^.!;]{0,200}?gr[ae]y-?list[^.!;]{0,200}[.!)"']*$/iu;

/**
 * The words without what somebody asks or guesses behind them:
 * `450 4.3.0 Try later. Is this greylisting?` -> `450 4.3.0 Try later.`
 */
export function withoutAside(text: string): string {
  const asked = withoutQuestion(text);
  const guess = GUESS.exec(asked);
  const said = guess === null ? asked : asked.slice(0, guess.index);
  return LEAST_SAID.test(said) ? said : asked;
}

function withoutQuestion(text: string): string {
  if (!/\?[\s)"']*$/.test(text)) return text;
  const last = LAST_ASKS.exec(text);
  const places = [...(last === null ? [] : [last]), ...text.matchAll(ASKS)];
  const before = places.map(({ index }) => text.slice(0, index).trimEnd());
  const said = before.find((words) => LEAST_SAID.test(words));
  return said === undefined ? text : withoutRemark(said);
}

/** Who asks has perhaps said something before: `Try later. People say that this is greylisting.` */
function withoutRemark(text: string): string {
  const last = LAST_SAYS.exec(text);
  return last !== null && PEOPLE.test(last[1] ?? '') ? text.slice(0, last.index) : text;
}

/** A code and a word: less is no reply. */
const LEAST_SAID = /^\D{0,3}\d{3}[ -].*\p{L}{2}/su;

/** Where the message itself begins that a report returns. */
const COPY =
  /^[ \t>]*(?:-{2,} ?(?:Below|This is a copy|The header of|Original message|Returned|Unsent|Message (?:header|text))|Below (?:is|this line is) a copy|\*{3,} ?Original|Original message headers:|Return-Path:|Received: from)/im;

/** The part of a report before the copy of the message. */
export function withoutCopy(text: string): string {
  const copy = COPY.exec(text);
  return copy === null || text.slice(0, copy.index).trim() === ''
    ? text
    : text.slice(0, copy.index);
}
