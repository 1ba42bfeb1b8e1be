import type { Reply, Stage } from '../model/smtp.js';
import type { DeferralClass, Hypothesis, Implementation } from './hypothesis.js';
import { contradictsGreylisting, matchWordRules, type RuleMatch } from './match-rules.js';
import { findNestedReply } from './nested.js';
import { readText } from './reply-text.js';
import { ENHANCED_RULES, REASONS_TO_GREYLIST } from './rules.js';
import { matchSignatures, type SignatureMatch } from './signatures.js';
import { wordsOf } from './words.js';

/** A hypothesis with its rank: the higher, the more its rule says. */
interface Ranked extends Hypothesis {
  readonly rank: number;
}

const RANK = {
  distinctiveSignature: 60,
  likelyWords: 50,
  signature: 40,
  nested: 30,
  possibleWords: 25,
  signatureByWordsOnly: 20,
  enhancedCode: 15,
  basicCode: 10,
  unknown: 5,
  openGreylisting: 1,
} as const;

const STAGE_MISFIT = 5;
const MAX_HYPOTHESES = 8;
const MAX_NESTING = 3;

/** Stages at which the server does not know the envelope yet. */
const BEFORE_ENVELOPE: ReadonlySet<Stage> = new Set(['connect', 'helo', 'starttls']);

/**
 * Reads a reply: what it can mean, best reading first, never an empty list.
 *
 * `likely` is given only where the words name the cause and nothing known says the same for
 * another cause. Text never proves greylisting, and a 5yz reply is never greylisting. A 4yz basic
 * code with a 5.x.x enhanced code goes by the basic code.
 *
 * @param stage where the reply was given; null when it is not known, as with a line of a log.
 */
export function classify(reply: Reply, stage: Stage | null): readonly Hypothesis[] {
  return classifyNested(reply, stage, 0).map(({ rank: _rank, ...hypothesis }) => hypothesis);
}

function classifyNested(reply: Reply, stage: Stage | null, depth: number): Ranked[] {
  const nested = depth < MAX_NESTING ? findNestedReply(reply) : null;
  if (nested === null) return classifyPlain(reply, stage);
  const inner = classifyNested(nested.reply, null, depth + 1).map(asRelayed);
  const outer = classifyPlain(nested.outer, stage).filter((h) => h.rank > RANK.enhancedCode);
  return ranked([...outer, ...inner]);
}

/**
 * A relayed reply was given to somebody else: it says why the gateway could not go on, not what
 * becomes of the client that reads it. So greylisting behind a gateway is never `likely`.
 */
function asRelayed(hypothesis: Ranked): Ranked {
  const greylisting = hypothesis.class === 'greylisting';
  return {
    ...hypothesis,
    confidence: greylisting ? 'possible' : hypothesis.confidence,
    rule: hypothesis.rule.startsWith('nested/') ? hypothesis.rule : `nested/${hypothesis.rule}`,
    rank: Math.min(hypothesis.rank, RANK.nested),
  };
}

function classifyPlain(reply: Reply, stage: Stage | null): Ranked[] {
  const text = readText(reply);
  const words = wordsOf(text.lower);
  const rules = matchWordRules(text, words);
  const signatures = matchSignatures(reply, stage, text, words).filter((match) =>
    canBeGiven(match, reply, stage),
  );
  const deferred = reply.code >= 400 && reply.code < 500;
  const weighed = [
    ...(deferred ? greylistingInWords(reply, rules, signatures) : []),
    ...fromSignatures(signatures),
    ...rules.filter((rule) => rule.class !== 'greylisting').map(fromRule),
    ...fromCodes(reply),
  ];
  const settled = settle(weighed, signatures);
  return ranked([...settled, ...leftOpen(reply, stage, settled, rules)]);
}

/** No greylisting in a 5yz reply, nor before the envelope unless an entry is known to do that. */
function canBeGiven(match: SignatureMatch, reply: Reply, stage: Stage | null): boolean {
  if (match.class !== 'greylisting') return true;
  if (reply.code < 400 || reply.code > 499) return false;
  return stage === null || !BEFORE_ENVELOPE.has(stage) || match.stageFits;
}

/** Greylisting that the reply says in words, with the product where only one is known to say so. */
function greylistingInWords(
  reply: Reply,
  rules: readonly RuleMatch[],
  signatures: readonly SignatureMatch[],
): Ranked[] {
  const said = rules.find((rule) => rule.class === 'greylisting');
  if (said === undefined) return [];
  const exact = signatures.filter((match) => match.exact);
  const sayers = exact.filter((match) => match.class === 'greylisting' && match.distinctive);
  const against =
    said.confidence === 'possible' ||
    exact.some((match) => match.class !== 'greylisting') ||
    exact.some((match) => match.entry.kind === 'look-alike') ||
    rules.some(
      (rule) =>
        rule.class !== 'greylisting' &&
        rule.confidence === 'likely' &&
        !REASONS_TO_GREYLIST.has(rule.class),
    ) ||
    contradictsGreylisting(reply);
  const only = new Set(sayers.map((match) => match.entry.id)).size === 1 ? sayers[0] : undefined;
  return [
    {
      class: 'greylisting',
      implementation: only === undefined ? null : named(only),
      confidence: against ? 'possible' : 'likely',
      rule: only?.rule ?? said.rule,
      words: only?.words ?? said.words,
      rank: against ? RANK.signature + 1 : RANK.distinctiveSignature + 1,
    },
  ];
}

function fromSignatures(signatures: readonly SignatureMatch[]): Ranked[] {
  const exactClasses = new Set(signatures.filter((m) => m.exact).map((m) => m.class));
  return signatures
    .filter((match) => match.exact || !exactClasses.has(match.class))
    .map((match) => ({
      class: match.class,
      implementation: named(match),
      confidence: match.exact && match.distinctive ? 'likely' : 'possible',
      rule: match.rule,
      words: match.words,
      rank: signatureRank(match),
    }));
}

function signatureRank(match: SignatureMatch): number {
  const misfit = match.stageFits ? 0 : STAGE_MISFIT;
  if (!match.exact) return RANK.signatureByWordsOnly - misfit;
  return (match.distinctive ? RANK.distinctiveSignature : RANK.signature) - misfit;
}

function fromRule(match: RuleMatch): Ranked {
  return {
    class: match.class,
    implementation: null,
    confidence: match.confidence,
    rule: match.rule,
    words: match.words,
    rank: match.confidence === 'likely' ? RANK.likelyWords : RANK.possibleWords,
  };
}

function fromCodes(reply: Reply): Ranked[] {
  const found: Ranked[] = [];
  const detail = reply.enhanced?.slice(2);
  const byEnhanced =
    detail === undefined ? undefined : ENHANCED_RULES.find((rule) => rule.codes.test(detail));
  if (byEnhanced !== undefined && reply.enhanced !== null) {
    found.push({
      class: byEnhanced.class,
      implementation: null,
      confidence: 'possible',
      rule: 'enhanced-code',
      words: reply.enhanced,
      rank: RANK.enhancedCode,
    });
  }
  if (reply.code === 421) found.push(byBasicCode('too-many-connections', reply));
  if (reply.code === 421) found.push(byBasicCode('rate-limit', reply));
  if (reply.code === 552) found.push(byBasicCode('mailbox-full', reply));
  if (reply.code === 550 || reply.code === 551 || reply.code === 553) {
    found.push(byBasicCode('policy', reply));
  }
  return found;
}

function byBasicCode(deferralClass: DeferralClass, reply: Reply): Ranked {
  return {
    class: deferralClass,
    implementation: null,
    confidence: 'possible',
    rule: `code-${reply.code}`,
    words: String(reply.code),
    rank: RANK.basicCode,
  };
}

/**
 * Where a signature of a greylister matches to the letter and the reply does not say greylisting,
 * another reading with the same right takes `likely` from all.
 */
function settle(weighed: readonly Ranked[], signatures: readonly SignatureMatch[]): Ranked[] {
  const exact = signatures.filter((match) => match.exact);
  const greylisters = exact.filter((match) => match.class === 'greylisting');
  const others = exact.filter((match) => match.class !== 'greylisting');
  const inWords = weighed.find((h) => h.class === 'greylisting' && h.implementation === null);
  const greylistingLikely = weighed.some(
    (h) => h.class === 'greylisting' && h.confidence === 'likely',
  );
  if (greylisters.length > 0 && (others.length > 0 || !greylistingLikely)) {
    return weighed.map(capped);
  }
  if (!greylistingLikely) return [...weighed];
  return weighed.map((h) => {
    if (h.class !== 'greylisting') return capped(h);
    return inWords !== undefined && h !== inWords ? capped(h) : h;
  });
}

function capped(hypothesis: Ranked): Ranked {
  if (hypothesis.confidence === 'possible') return hypothesis;
  return {
    ...hypothesis,
    confidence: 'possible',
    rank: Math.min(hypothesis.rank, RANK.signature),
  };
}

/**
 * What stays open when nothing is likely. 450 and 451 without a cause, or with X.7.0 or X.7.1,
 * are what most greylisters send; only a contrast can tell.
 */
function leftOpen(
  reply: Reply,
  stage: Stage | null,
  settled: readonly Ranked[],
  rules: readonly RuleMatch[],
): Ranked[] {
  if (settled.some((h) => h.confidence === 'likely')) return [];
  const open: Ranked[] = [];
  if (!settled.some((h) => h.rank > RANK.enhancedCode)) {
    open.push(basic('unknown', 'nothing-recognised', reply, RANK.unknown));
  }
  const canGreylist =
    (reply.code === 450 || reply.code === 451) &&
    (reply.enhanced === null || /^[45]\.7\.[01]$/.test(reply.enhanced)) &&
    (stage === null || !BEFORE_ENVELOPE.has(stage)) &&
    !rules.some((rule) => rule.confidence === 'likely') &&
    !contradictsGreylisting(reply);
  if (canGreylist && !settled.some((h) => h.class === 'greylisting')) {
    open.push(basic('greylisting', 'not-ruled-out', reply, RANK.openGreylisting));
  }
  return open;
}

function basic(deferralClass: DeferralClass, rule: string, reply: Reply, rank: number): Ranked {
  const words = reply.enhanced === null ? String(reply.code) : `${reply.code} ${reply.enhanced}`;
  return { class: deferralClass, implementation: null, confidence: 'possible', rule, words, rank };
}

function named(match: SignatureMatch): Implementation {
  return { id: match.entry.id, name: match.entry.name };
}

/** Best first, one a class and implementation; a class once named needs no nameless second. */
function ranked(hypotheses: readonly Ranked[]): Ranked[] {
  const sorted = [...hypotheses].sort((a, b) => likeliness(b) - likeliness(a) || b.rank - a.rank);
  const kept: Ranked[] = [];
  for (const hypothesis of sorted) {
    const repeated = kept.some(
      (other) =>
        other.class === hypothesis.class &&
        (hypothesis.implementation === null ||
          other.implementation?.id === hypothesis.implementation.id),
    );
    if (!repeated) kept.push(hypothesis);
  }
  return kept.slice(0, MAX_HYPOTHESES);
}

function likeliness(hypothesis: Hypothesis): number {
  return hypothesis.confidence === 'likely' ? 1 : 0;
}
