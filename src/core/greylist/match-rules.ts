import type { Confidence, DeferralClass } from './hypothesis.js';
import type { ReplyText } from './reply-text.js';
import { WORD_RULES, type WordRule } from './rules.js';

/** A general rule that speaks for a class, and the words on which it rests. */
export interface RuleMatch {
  readonly rule: string;
  readonly class: DeferralClass;
  readonly confidence: Exclude<Confidence, 'confirmed'>;
  readonly words: string;
}

interface Start {
  readonly start: string;
  readonly rule: WordRule;
}

const KEY_LENGTH = 3;
const BEYOND_ASCII = /[^\p{ASCII}]/u;

/** Rules by the first letters of the words that call for them: most words call for none. */
const byStart = new Map<string, Start[]>();
for (const rule of WORD_RULES) {
  for (const start of rule.starts.split(' ')) {
    const key = start.slice(0, KEY_LENGTH);
    byStart.set(key, [...(byStart.get(key) ?? []), { start, rule }]);
  }
}

/** The rules whose patterns match, in the order of the table. */
export function matchWordRules(text: ReplyText, words: readonly string[]): RuleMatch[] {
  const called = BEYOND_ASCII.test(text.lower) ? new Set(WORD_RULES) : rulesCalledBy(words);
  const found: RuleMatch[] = [];
  if (called.size === 0) return found;
  for (const rule of WORD_RULES) {
    if (!called.has(rule)) continue;
    const hit = rule.pattern.exec(text[rule.on ?? 'proseOnly']);
    if (hit === null) continue;
    found.push({
      rule: rule.id,
      class: rule.class,
      confidence: rule.confidence,
      words: text.original.slice(hit.index, hit.index + hit[0].length),
    });
  }
  return found;
}

function rulesCalledBy(words: readonly string[]): ReadonlySet<WordRule> {
  const called = new Set<WordRule>();
  for (const word of words) {
    const starts = byStart.get(word.slice(0, KEY_LENGTH));
    if (starts === undefined) continue;
    for (const { start, rule } of starts) {
      if (word.startsWith(start)) called.add(rule);
    }
  }
  return called;
}
