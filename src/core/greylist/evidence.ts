import type { Reply, Stage } from '../../model/smtp.js';
import { matchWordRules, type RuleMatch } from './match-rules.js';
import { ReplyText } from './reply-text.js';
import {
  BLOCK_LIST_RULE,
  DENIES_GREYLISTING,
  GOES_WITH_GREYLISTING,
  GREYLISTED_BY_REPUTATION,
  GREYLISTER_OUT_OF_ORDER,
  NOT_ON_THE_LIST,
} from './rules.js';
import { matchSignatures, type SignatureMatch } from './signatures.js';
import { wordsOf } from './split-words.js';
import { classOfStatus } from './status-class.js';

/**
 * How far a reply that says greylisting can be taken at its word. `clear`: nothing speaks against
 * it. `doubtful`: it names another cause too, or only links to the word. `otherwise`: it names a
 * block list, its code stands for the other cause, or it is known word for word from something else.
 */
type SaysGreylisting = 'no' | 'clear' | 'doubtful' | 'otherwise';

/** What speaks in a reply, before it is weighed. */
export interface Evidence {
  readonly reply: Reply;
  readonly stage: Stage | null;
  readonly rules: readonly RuleMatch[];
  /** Signatures whose words and codes both match. */
  readonly exact: readonly SignatureMatch[];
  /** Signatures whose words alone match. */
  readonly wordsOnly: readonly SignatureMatch[];
  readonly saysGreylisting: SaysGreylisting;
  /** The general rule that found the word. */
  readonly greylistingRule: RuleMatch | null;
}

/** Stages at which the server does not know the envelope yet. */
const BEFORE_ENVELOPE: ReadonlySet<Stage> = new Set(['connect', 'helo', 'starttls']);

export function gather(reply: Reply, stage: Stage | null): Evidence {
  const text = new ReplyText(reply);
  const words = wordsOf(text.lower);
  const all = matchWordRules(text, words);
  const signatures = matchSignatures(reply, stage, text, words).filter((match) =>
    canBeGiven(match, reply, stage),
  );
  const exact = signatures.filter((match) => match.exact);
  const rules = all.filter((rule) => rule.class !== 'greylisting');
  const greylistingRule = all.find((rule) => rule.class === 'greylisting') ?? null;
  return {
    reply,
    stage,
    rules,
    exact,
    wordsOnly: signatures.filter((match) => !match.exact),
    saysGreylisting: weighWord(reply, text, greylistingRule, rules, exact),
    greylistingRule,
  };
}

export function isDeferral(reply: Reply): boolean {
  return reply.code >= 400 && reply.code <= 499;
}

/** A greylister that knows the tuple answers at MAIL or later. */
export function isBeforeEnvelope(stage: Stage | null): boolean {
  return stage !== null && BEFORE_ENVELOPE.has(stage);
}

/** No greylisting in a 5yz reply, nor before the envelope unless an entry is known to do that. */
function canBeGiven(match: SignatureMatch, reply: Reply, stage: Stage | null): boolean {
  if (match.class !== 'greylisting') return true;
  return isDeferral(reply) && (!isBeforeEnvelope(stage) || match.stageFits);
}

function weighWord(
  reply: Reply,
  text: ReplyText,
  said: RuleMatch | null,
  others: readonly RuleMatch[],
  exact: readonly SignatureMatch[],
): SaysGreylisting {
  if (said === null || !isDeferral(reply) || DENIES_GREYLISTING.test(text.proseOnly)) return 'no';
  const knownOtherwise = exact.some(
    (match) => match.class !== 'greylisting' || match.entry.kind === 'look-alike',
  );
  // `[RBL] you are greylisted on this server.` is the wording of one greylister.
  const ownWording = exact.some((match) => match.class === 'greylisting' && match.distinctive);
  const causes = ownWording ? others.filter(({ rule }) => rule !== BLOCK_LIST_RULE) : others;
  if (knownOtherwise || causes.some(({ rule }) => rule === BLOCK_LIST_RULE)) return 'otherwise';
  const byReputation = GREYLISTED_BY_REPUTATION.test(text.proseOnly);
  const otherCauses = causes.filter(
    (rule) =>
      rule.confidence === 'likely' &&
      !GOES_WITH_GREYLISTING.has(rule.class) &&
      !(byReputation && rule.class === 'reputation'),
  );
  // `452 4.2.2 Over quota; greylisted until space is free`: the code speaks for the other cause.
  const told = ownWording ? null : classOfStatus(reply);
  if (otherCauses.some((rule) => rule.class === told)) return 'otherwise';
  const doubtful =
    otherCauses.length > 0 ||
    said.confidence === 'possible' ||
    NOT_ON_THE_LIST.test(text.proseOnly) ||
    GREYLISTER_OUT_OF_ORDER.test(text.proseOnly);
  return doubtful ? 'doubtful' : 'clear';
}
