import type { Reply, Stage } from '../../model/smtp.js';
import { type CatalogueEntry, loadCatalogue, type Signature } from './catalogue/index.js';
import type { DeferralClass, HintMeaning } from './hypothesis.js';
import type { ReplyText } from './reply-text.js';
import { wordsOf } from './split-words.js';

/** A signature of the catalogue that a reply bears. */
export interface SignatureMatch {
  readonly entry: CatalogueEntry;
  readonly class: DeferralClass;
  /** `catalogue/<entry>#<number of the signature>` */
  readonly rule: string;
  /** The words match and so do both codes; otherwise only the words do. */
  readonly exact: boolean;
  readonly distinctive: boolean;
  /** False where the reply came at a stage at which the entry is not known to say this. */
  readonly stageFits: boolean;
  readonly hint: HintMeaning | null;
  readonly words: string;
  /** Place in the catalogue. */
  readonly order: number;
}

interface Compiled {
  readonly entry: CatalogueEntry;
  readonly signature: Signature;
  readonly rule: string;
  readonly code: RegExp;
  readonly pattern: RegExp;
  readonly order: number;
}

interface SignatureIndex {
  /** Signatures by a word that their text must contain. */
  readonly byWord: ReadonlyMap<string, readonly Compiled[]>;
  /** Signatures without such a word. */
  readonly always: readonly Compiled[];
}

let index: SignatureIndex | null = null;

/** Every catalogue signature whose words stand in the reply, in the order of the catalogue. */
export function matchSignatures(
  reply: Reply,
  stage: Stage | null,
  text: ReplyText,
  words: readonly string[],
): SignatureMatch[] {
  index ??= buildIndex();
  const found = new Set<SignatureMatch>();
  const look = (compiled: Compiled) => {
    const match = matchOne(compiled, reply, stage, text);
    if (match !== null) found.add(match);
  };
  const seen = new Set<string>();
  for (const word of words) {
    const candidates = index.byWord.get(word);
    if (candidates === undefined || seen.has(word)) continue;
    seen.add(word);
    candidates.forEach(look);
  }
  index.always.forEach(look);
  return [...found].sort((a, b) => a.order - b.order);
}

function matchOne(
  { entry, signature, rule, code, pattern, order }: Compiled,
  reply: Reply,
  stage: Stage | null,
  text: ReplyText,
): SignatureMatch | null {
  const codeFits = code.test(String(reply.code));
  if (!codeFits && Math.floor(reply.code / 100) !== Number(signature.code[0])) return null;
  const hit = pattern.exec(text.withoutAddresses);
  if (hit === null) return null;
  return {
    entry,
    class: signature.class ?? entry.class,
    rule,
    exact: codeFits && enhancedFits(signature.enhanced, reply.enhanced),
    distinctive: signature.distinctive,
    stageFits: stage === null || signature.stages.length === 0 || signature.stages.includes(stage),
    hint: signature.hint ?? null,
    words: text.original.slice(hit.index, hit.index + hit[0].length),
    order,
  };
}

/** The class digit says only what the basic code says already, and servers get it wrong. */
function enhancedFits(known: string | null, given: string | null): boolean {
  if (known === '*') return true;
  if (known === null || given === null) return known === given;
  return known.slice(1) === given.slice(1);
}

function buildIndex(): SignatureIndex {
  const all = loadCatalogue()
    .flatMap((entry) => entry.signatures.map((signature, at) => ({ entry, signature, at })))
    .map(({ entry, signature, at }, order) => compile(entry, signature, at + 1, order));
  const frequency = new Map<string, number>();
  for (const { signature } of all) {
    for (const word of new Set(wholeWords(signature.textPattern))) {
      frequency.set(word, (frequency.get(word) ?? 0) + 1);
    }
  }
  const byWord = new Map<string, Compiled[]>();
  const always: Compiled[] = [];
  for (const compiled of all) {
    const [rarest] = wholeWords(compiled.signature.textPattern).sort(
      (a, b) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0) || b.length - a.length,
    );
    if (rarest === undefined) always.push(compiled);
    else byWord.set(rarest, [...(byWord.get(rarest) ?? []), compiled]);
  }
  return { byWord, always };
}

function compile(
  entry: CatalogueEntry,
  signature: Signature,
  number: number,
  order: number,
): Compiled {
  return {
    entry,
    signature,
    rule: `catalogue/${entry.id}#${number}`,
    code: new RegExp(`^${signature.code.replaceAll('x', '\\d')}$`),
    pattern: compileTextPattern(signature.textPattern),
    order,
  };
}

/** Case does not matter; a space stands for any blank; the match is of whole words. */
export function compileTextPattern(source: string): RegExp {
  return new RegExp(`(?<!\\w)(?:${source.replaceAll(' ', '(?:\\s{1,9})')})(?!\\w)`, 'i');
}

/** Whole words that every match of a pattern contains, in lower case. */
export function wholeWords(source: string): string[] {
  const plain = source
    .replace(/\\b/g, ' ')
    .replace(/\\[dwsDWS]/g, '\u0000')
    .replace(/\\(.)/g, (_, character: string) => (/\w/.test(character) ? '\u0000' : ' '))
    .replace(/\[[^\]]*\]/g, '\u0000')
    .replace(/\.(?=[{?])/g, '\u0000');
  const flat = dropGroups(plain);
  if (flat.includes('|')) return [];
  const words = flat
    .replace(/.(?:\?|\{[\d,]+\})/g, '\u0000')
    .replaceAll('.', '\u0000')
    .toLowerCase();
  return wordsOf(words.replaceAll('\u0000', '\u0001'))
    .filter((word) => word.length > 1)
    .filter((word) => standsAlone(words, word));
}

function dropGroups(source: string): string {
  let depth = 0;
  let flat = '';
  for (const character of source) {
    if (character === '(') {
      if (depth === 0) flat += '\u0000';
      depth += 1;
    } else if (character === ')') depth -= 1;
    else if (depth === 0) flat += character;
  }
  return flat;
}

/** Not glued to something that may be more of the same word. */
function standsAlone(flat: string, word: string): boolean {
  const at = flat.indexOf(word);
  return flat[at - 1] !== '\u0000' && flat[at + word.length] !== '\u0000';
}
