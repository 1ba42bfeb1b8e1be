import { readFileSync } from 'node:fs';
import { BEHAVIOUR_RULES } from '../../src/core/greylist/behaviour.js';
import { classify } from '../../src/core/greylist/classify.js';
import { ReplyText } from '../../src/core/greylist/reply-text.js';
import { WORD_RULES } from '../../src/core/greylist/rules.js';
import { matchSignatures } from '../../src/core/greylist/signatures.js';
import { wordsOf } from '../../src/core/greylist/split-words.js';
import { type CorpusReply, judge, readCorpus, renderConfusion } from './corpus.js';

/*
 * The tables of docs/classification.md, made from the rules and the corpus, so that the page
 * shows what the program does.
 */

export const DOCUMENT = new URL('../../docs/classification.md', import.meta.url);

/** The page with its tables made anew; the words between them stay as they are. */
export function withFreshTables(page: string): string {
  return Object.entries(tables()).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n).*?(<!-- end -->)`, 's'),
        (_, begin: string, end: string) => `${begin}${table}\n${end}`,
      ),
    page,
  );
}

export function readDocument(): string {
  return readFileSync(DOCUMENT, 'utf8');
}

function tables(): Record<string, string> {
  const corpus = readCorpus();
  const judgement = judge(corpus, classify);
  return {
    rules: renderRules(),
    behaviour: renderBehaviour(),
    collisions: renderCollisions(corpus),
    confusion: renderConfusion(judgement),
    counts: `${corpus.length} replies, ${judgement.ambiguous} of them ambiguous; ${judgement.faults.length} faults.`,
  };
}

function renderRules(): string {
  const rows = WORD_RULES.map(
    ({ id, class: deferralClass, confidence, why }) =>
      `| ${id} | ${deferralClass} | ${confidence} | ${why} |`,
  );
  return ['| rule | class | at most | why |', '|---|---|---|---|', ...rows].join('\n');
}

const EFFECTS = {
  prove: 'confirmed; likely where chance could do it',
  raise: 'likely',
  doubt: 'as sure as the words, no more',
  lower: 'possible at most',
  refute: 'dropped',
  'refute-unsaid': 'dropped, unless the words say it',
} as const;

function renderBehaviour(): string {
  const rows = BEHAVIOUR_RULES.map(({ when, classes, effect, because }) => {
    const which = classes === 'all-others' ? 'all others' : classes.join(', ');
    return `| ${when} | ${which} | ${EFFECTS[effect]} | ${because} |`;
  });
  return ['| observed | reading | becomes | because |', '|---|---|---|---|', ...rows].join('\n');
}

/** Ambiguous replies whose words and codes are those of more than one entry of the catalogue. */
function renderCollisions(corpus: readonly CorpusReply[]): string {
  const rows = new Map<string, string>();
  for (const { code, enhanced, text, ambiguous } of corpus) {
    const reply = { code, enhanced, text: [text] };
    const read = new ReplyText(reply);
    const exact = matchSignatures(reply, null, read, wordsOf(read.lower)).filter((m) => m.exact);
    const names = [...new Set(exact.map(({ entry }) => entry.name))];
    if (!ambiguous || names.length < 2) continue;
    const line = [code, enhanced, text].filter((part) => part !== null).join(' ');
    const signatures = exact.map(({ rule }) => rule).join(' ');
    if (!rows.has(signatures)) rows.set(signatures, `| \`${line}\` | ${names.join('; ')} |`);
  }
  return ['| reply | who sends it |', '|---|---|', ...rows.values()].join('\n');
}
