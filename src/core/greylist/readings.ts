import type { Reply } from '../../model/smtp.js';
import { type Evidence, isBeforeEnvelope } from './evidence.js';
import type { DeferralClass, Implementation } from './hypothesis.js';
import type { RuleMatch } from './match-rules.js';
import { isLikely, RANK, type Ranked, STAGE_MISFIT } from './ranking.js';
import { BASIC_CODE_RULES } from './rules.js';
import type { SignatureMatch } from './signatures.js';
import { classOfStatus, enhancedCodeOf } from './status-class.js';

/** Every reading that the evidence allows, each by itself. */
export function readingsOf(evidence: Evidence): Ranked[] {
  return [
    ...fromWord(evidence),
    ...fromSignatures(evidence),
    ...evidence.rules.map(fromRule),
    ...fromEnhancedCode(evidence),
    ...fromBasicCode(evidence),
  ];
}

/** Greylisting that the reply says in words, with the product where only one is known to say so. */
function fromWord({ reply, saysGreylisting, greylistingRule, exact }: Evidence): Ranked[] {
  if (saysGreylisting === 'no' || greylistingRule === null) return [];
  const clear = saysGreylisting === 'clear';
  const sayers = isAnybodys(reply) ? [] : exact.filter((match) => match.class === 'greylisting');
  const product = new Set(sayers.map((match) => match.entry.id)).size === 1 ? sayers[0] : undefined;
  return [
    {
      class: 'greylisting',
      implementation: product === undefined ? null : named(product),
      confidence: clear ? 'likely' : 'possible',
      rule: product?.rule ?? greylistingRule.rule,
      words: product?.words ?? greylistingRule.words,
      rank: (clear ? RANK.distinctiveSignature : RANK.signature) + 1,
    },
  ];
}

/**
 * Exact matches, and words that match with other codes where no exact match is telling: codes can
 * be set.
 */
function fromSignatures({ reply, exact, wordsOnly }: Evidence): Ranked[] {
  const explained = exact.some((match) => match.distinctive);
  const further = wordsOnly.filter(
    (match) => !explained && !exact.some((other) => other.class === match.class),
  );
  const anybodys = isAnybodys(reply);
  return [...exact, ...further].map((match) => ({
    class: match.class,
    implementation: named(match),
    confidence: match.exact && match.distinctive && !anybodys ? 'likely' : 'possible',
    rule: match.rule,
    words: match.words,
    rank: signatureRank(match),
  }));
}

/**
 * `Recipient address rejected: Greylisted` and the like: what any policy server says behind Postfix. It
 * names no product, whichever one is known to say it.
 */
const ANYBODYS =
  /^(?:<[^<>]{0,320}>: )?(?:(?:recipient|sender) address|client host) rejected: gr[ea]y[- ]?list(?:ed|ing)?(?:[,.;]? ?(?:please )?(?:try|come back|retry)(?: again)?(?: later)?)?[.!]?$/i;

function isAnybodys(reply: Reply): boolean {
  return ANYBODYS.test(reply.text.join(' ').trim());
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

function fromEnhancedCode({ reply }: Evidence): Ranked[] {
  const told = classOfStatus(reply);
  const code = enhancedCodeOf(reply) ?? '';
  return told === null ? [] : [nameless(told, 'enhanced-code', code, RANK.enhancedCode)];
}

function fromBasicCode({ reply }: Evidence): Ranked[] {
  const { code } = reply;
  return (BASIC_CODE_RULES.get(code) ?? []).map((deferralClass) =>
    nameless(deferralClass, `code-${code}`, String(code), RANK.basicCode),
  );
}

/**
 * What stays open when nothing is likely: that nothing was recognised, or only words that others
 * use too; and greylisting, where the codes are those that most greylisters send. Only a contrast
 * can tell.
 */
export function leftOpen(settled: readonly Ranked[], evidence: Evidence): Ranked[] {
  if (settled.some(isLikely)) return [];
  const { reply } = evidence;
  const codes = reply.enhanced === null ? String(reply.code) : `${reply.code} ${reply.enhanced}`;
  const open: Ranked[] = [];
  const named = settled.some((h) => h.class !== 'greylisting' && h.rank > RANK.enhancedCode);
  if (evidence.saysGreylisting === 'no' && !named) {
    open.push(nameless('unknown', 'nothing-recognised', codes, RANK.unknown));
  }
  if (couldBeGreylisting(evidence) && !settled.some((h) => h.class === 'greylisting')) {
    open.push(nameless('greylisting', 'not-ruled-out', codes, RANK.openGreylisting));
  }
  return open;
}

/** What Postfix writes before the words of a policy server, which an administrator may have chosen. */
const POLICY_SERVER = /(?:Recipient|Sender) address rejected: |Client host rejected: /i;

/** 450 and 451 with X.7.0, X.7.1, X.2.0 of a policy server, or no enhanced code, and no other cause known for the words. */
function couldBeGreylisting({ reply, stage, exact }: Evidence): boolean {
  const enhanced = enhancedCodeOf(reply);
  return (
    (reply.code === 450 || reply.code === 451) &&
    (enhanced === null ||
      /^[45]\.7\.[01]$/.test(enhanced) ||
      (/^[45]\.2\.0$/.test(enhanced) && POLICY_SERVER.test(reply.text.join(' ')))) &&
    !isBeforeEnvelope(stage) &&
    exact.every((match) => match.class === 'greylisting')
  );
}

function nameless(deferralClass: DeferralClass, rule: string, words: string, rank: number): Ranked {
  return { class: deferralClass, implementation: null, confidence: 'possible', rule, words, rank };
}

function named(match: SignatureMatch): Implementation {
  return { id: match.entry.id, name: match.entry.name };
}
