import type { AttemptResult, ProbeResult } from '../../contract/probe-result.js';
import { secondsText } from '../../model/values/seconds-text.js';
import { element, type Markup } from '../markup.js';
import { drawingOfProbes } from '../picture/drawings.js';
import { ageOf } from '../picture/of-run.js';
import { replyWords } from '../reply-words.js';
import { edgeCell } from './cells.js';
import type { Page } from './page.js';
import { type Column, figure, fold, list, paragraph, section, table } from './parts.js';
import { answerParts, detailParts, measuredParts } from './probe-page.js';
import { many, versionText } from './words.js';

/** Several probes: an overview, and each in full when it is opened. */
export function probesPage(results: readonly ProbeResult[]): Page {
  const named = results.map((result) => ({ name: result.target.recipient, result }));
  return {
    title: `${many(results.length, 'probe')} - greyprobe`,
    header: [
      paragraph('greyprobe: probes', 'over'),
      element('h1', {}, many(results.length, 'probe')),
    ],
    main: [
      ...overview(named),
      ...section('Each in full', ...named.map(({ name, result }, n) => wholeFold(name, result, n))),
    ],
    footer: [paragraph(versionText(results[0]?.version ?? ''))],
  };
}

/** A result with the name that a list has for it. */
export interface Named {
  readonly name: string;
  readonly result: ProbeResult;
}

/** When each opens, as a picture and as a table. */
export function overview(named: readonly Named[]): Markup[] {
  return section(
    'When each lets a retry pass',
    figure(drawingOfProbes(named), 'When each lets a retry pass', 'overview'),
    ...table('What each does', hasOwnNames(named) ? [NAME, ...COLUMNS] : COLUMNS, named),
  );
}

/** The mail hosts of one domain have no other names. */
function hasOwnNames(named: readonly Named[]): boolean {
  return named.some(({ name, result }) => name !== hostOf(result));
}

function hostOf({ pinned, mailHosts }: ProbeResult): string | null {
  return pinned?.name ?? mailHosts[0]?.name ?? null;
}

const NAME: Column<Named> = { title: 'Name', kind: 'long', cell: ({ name }) => name };
const COLUMNS: readonly Column<Named>[] = [
  { title: 'Mail host', kind: 'long', cell: ({ result }) => hostOf(result) },
  { title: 'Verdict', cell: ({ result }) => result.verdict.kind },
  { title: 'Confidence', cell: ({ result }) => result.verdict.confidence },
  { title: 'Product', cell: ({ result }) => result.verdict.implementation?.name ?? null },
  { title: 'Opens after', kind: 'number', cell: ({ result }) => edgeCell(result.window?.opens) },
  { title: 'Closes after', kind: 'number', cell: ({ result }) => edgeCell(result.window?.closes) },
];

/** All of a probe, in a page that has several. `n` is its number there. */
export function wholeFold(name: string, result: ProbeResult, n: number): Markup {
  return fold(
    `${name}: ${result.verdict.summary}`,
    ...answerParts(result),
    ...measuredParts(result, `picture-${n}`),
    ...detailParts(result),
  );
}

/** The same in short, for long lists: the answer, what it rests on, and each reply once. */
export function shortFold(name: string, result: ProbeResult): Markup {
  const { verdict, attempts, warnings } = result;
  return fold(
    `${name}: ${verdict.summary}`,
    ...answerParts(result),
    ...list(verdict.evidence.map(({ says }) => says)),
    ...list(warnings.map(({ message }) => message)),
    ...table('What the server said, and how often', SAID_COLUMNS, saidIn(attempts)),
  );
}

/** A reply that several attempts got, with the ages at which they did. */
interface Said {
  readonly words: string;
  readonly outcome: string;
  readonly ages: readonly number[];
}

/** Each reply once, as it came, in the order of the first. */
function saidIn(attempts: readonly AttemptResult[]): readonly Said[] {
  const said = new Map<string, { words: string; outcome: string; ages: number[] }>();
  for (const attempt of attempts) {
    const { outcome } = attempt;
    const words = replyWords(attempt);
    const known = said.get(`${outcome} ${words}`) ?? { words, outcome, ages: [] };
    known.ages.push(ageOf(attempt));
    said.set(`${outcome} ${words}`, known);
  }
  return [...said.values()];
}

const SAID_COLUMNS: readonly Column<Said>[] = [
  { title: 'Outcome', cell: ({ outcome }) => outcome },
  {
    title: 'Times',
    kind: 'number',
    cell: ({ ages }) => ({ by: ages.length, text: String(ages.length) }),
  },
  {
    title: 'Up to an age of',
    kind: 'number',
    cell: ({ ages }) => {
      const oldest = Math.max(...ages);
      return { by: oldest, text: secondsText(oldest) };
    },
  },
  { title: 'Reply', kind: 'reply', cell: ({ words }) => element('code', {}, words) },
];
