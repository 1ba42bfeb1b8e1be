import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import {
  DEFERRAL_CLASSES,
  type DeferralClass,
  type Hypothesis,
} from '../../src/core/greylist/hypothesis.js';
import { type Reply, STAGES, type Stage } from '../../src/model/smtp.js';

/** One labelled reply. The labels were given by hand, from what is known of the sender. */
const CorpusReplySchema = v.strictObject({
  text: v.string(),
  code: v.pipe(v.number(), v.integer()),
  enhanced: v.nullable(v.string()),
  stage: v.picklist(STAGES),
  /** What the reply means; where `ambiguous`, everything that it can mean. */
  expected: v.pipe(v.array(v.picklist(DEFERRAL_CLASSES)), v.minLength(1)),
  /** The text cannot decide: greylisters and others say it, or it says nothing. */
  ambiguous: v.boolean(),
  /** A greylister sent it and it says so in words. */
  saysGreylisting: v.boolean(),
  /** The entries of the catalogue that send it. */
  entries: v.array(v.string()),
  origin: v.union([
    v.picklist([
      'catalogue',
      'catalogue, filled in otherwise',
      'composed from documentation',
      'from memory',
    ]),
    /** Read in a public place; addresses and names replaced. */
    v.pipe(v.string(), v.regex(/^public: \S.{3,100}$/)),
  ]),
});
export type CorpusReply = v.InferOutput<typeof CorpusReplySchema>;

export type Classifier = (reply: Reply, stage: Stage) => readonly Hypothesis[];

/** A rule of the corpus that a classifier broke. */
export interface Fault {
  readonly rule:
    | 'false-greylisting'
    | 'missed-greylisting'
    | 'collision-decided'
    | 'reading-not-named'
    | 'wrong-class'
    | 'empty';
  readonly reply: CorpusReply;
  readonly got: string;
}

export interface Judgement {
  readonly faults: readonly Fault[];
  /** How often a reply of the first class came out as the second. Ambiguous replies not counted. */
  readonly confusion: ReadonlyMap<DeferralClass, ReadonlyMap<DeferralClass, number>>;
  readonly ambiguous: number;
}

const FILES = ['greylisters.jsonl', 'lookalikes.jsonl', 'others.jsonl', 'public.jsonl'];

export function readCorpus(): CorpusReply[] {
  return FILES.flatMap((file) =>
    readFileSync(new URL(file, import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => v.parse(CorpusReplySchema, JSON.parse(line))),
  );
}

/** Runs a classifier over the corpus and holds it to the rules. */
export function judge(corpus: readonly CorpusReply[], classify: Classifier): Judgement {
  const faults: Fault[] = [];
  const confusion = new Map<DeferralClass, Map<DeferralClass, number>>();
  for (const reply of corpus) {
    const got = classify(
      { code: reply.code, enhanced: reply.enhanced, text: [reply.text] },
      reply.stage,
    );
    faults.push(...brokenRules(reply, got).map((rule) => ({ rule, reply, got: describeAll(got) })));
    const [expected] = reply.expected;
    const top = got[0]?.class;
    if (reply.ambiguous || expected === undefined || top === undefined) continue;
    const row = confusion.get(expected) ?? new Map<DeferralClass, number>();
    row.set(top, (row.get(top) ?? 0) + 1);
    confusion.set(expected, row);
  }
  return { faults, confusion, ambiguous: corpus.filter((reply) => reply.ambiguous).length };
}

function brokenRules(reply: CorpusReply, got: readonly Hypothesis[]): Fault['rule'][] {
  const broken: Fault['rule'][] = [];
  const top = got[0];
  if (top === undefined) return ['empty'];
  const likely = got.filter((hypothesis) => hypothesis.confidence === 'likely');
  const couldBeGreylisting = reply.expected.includes('greylisting');
  if (!couldBeGreylisting && likely.some((h) => h.class === 'greylisting')) {
    broken.push('false-greylisting');
  }
  if (reply.saysGreylisting && top.class !== 'greylisting') broken.push('missed-greylisting');
  if (reply.saysGreylisting && !reply.ambiguous && top.confidence !== 'likely') {
    broken.push('missed-greylisting');
  }
  if (reply.ambiguous && likely.length > 0) broken.push('collision-decided');
  if (reply.ambiguous && !reply.expected.every((one) => got.some((h) => h.class === one))) {
    broken.push('reading-not-named');
  }
  if (!reply.ambiguous && !reply.expected.includes(top.class)) broken.push('wrong-class');
  return broken;
}

function describeAll(hypotheses: readonly Hypothesis[]): string {
  return hypotheses
    .map((h) => `${h.class}/${h.implementation?.id ?? '-'}/${h.confidence} (${h.rule})`)
    .join(', ');
}

/** The confusion table as Markdown: what a reply means down the side, the first reading across. */
export function renderConfusion({ confusion }: Judgement): string {
  const across = DEFERRAL_CLASSES.filter((one) =>
    [...confusion.values()].some((row) => row.has(one)),
  );
  const down = DEFERRAL_CLASSES.filter((one) => confusion.has(one));
  return [
    `| means \\ read as | ${across.join(' | ')} |`,
    `|---|${across.map(() => '--:|').join('')}`,
    ...down.map((expected) => {
      const cells = across.map((got) => confusion.get(expected)?.get(got) ?? '');
      return `| **${expected}** | ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}
