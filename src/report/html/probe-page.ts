import type { AttemptResult, ProbeResult } from '../../contract/probe-result.js';
import { secondsText } from '../../model/values/seconds-text.js';
import { element, type Markup } from '../markup.js';
import { drawingOfProbe } from '../picture/drawings.js';
import { ageOf } from '../picture/of-run.js';
import { probeAnswer } from '../probe-answer.js';
import { replyWords } from '../reply-words.js';
import { SCREEN } from '../view.js';
import { adviceCards } from './advice-parts.js';
import type { Page } from './page.js';
import {
  type Column,
  chips,
  facts,
  figure,
  fold,
  list,
  paragraph,
  section,
  table,
  toCopy,
} from './parts.js';
import { confidenceChip, timeText, verdictChip, versionText } from './words.js';

/** A probe, for somebody who was not there. */
export function probePage(result: ProbeResult): Page {
  const { verdict, target } = result;
  return {
    title: `${target.recipient}: ${verdict.kind} - greyprobe`,
    header: [
      paragraph(`greyprobe: a probe of ${target.recipient}`, 'over'),
      element('h1', {}, probeAnswer(result, SCREEN.again(result)).does),
      ...answerParts(result),
    ],
    main: [...measuredParts(result, 'picture'), ...detailParts(result)],
    footer: [runWords(result)],
  };
}

/** How sure it is and when a retry passes, with the reply that the answer rests on. */
export function answerParts(result: ProbeResult): Markup[] {
  const { kind, confidence } = result.verdict;
  const { sure, said, when } = probeAnswer(result, SCREEN.again(result));
  return [
    chips([verdictChip(kind), confidenceChip(confidence, sure)]),
    paragraph(when, 'lead'),
    ...(said === null ? [] : [paragraph(said, 'soft')]),
  ];
}

/** The picture, what to set, and what to do. `id` is unique in the page. */
export function measuredParts(result: ProbeResult, id: string): Markup[] {
  const { senders } = probeAnswer(result, SCREEN.again(result));
  const advice =
    result.advice === null ? list(senders, 'plain') : adviceCards(result.advice, result.for ?? []);
  return [
    element(
      'section',
      {},
      element('h2', {}, 'What was seen'),
      figure(drawingOfProbe(result), result.verdict.summary, id),
    ),
    ...section('What that means for senders', ...advice),
    ...nextParts(result),
  ];
}

/** What would help, or make the answer surer. */
function nextParts(result: ProbeResult): Markup[] {
  const { next } = probeAnswer(result, SCREEN.again(result));
  const steps = next.flatMap(({ says, command }) =>
    command === null
      ? [paragraph(says)]
      : [paragraph(`${says}:`), toCopy([['greyprobe', ...command].join(' ')])],
  );
  return section('What to do next', ...steps);
}

/** What the verdict rests on, down to each reply. */
export function detailParts(result: ProbeResult): Markup[] {
  const { verdict, attempts, warnings } = result;
  const evidence = verdict.evidence.map(({ says, attempt }) =>
    attempt === null ? says : `${says} (attempt ${attempt})`,
  );
  return [
    ...section('Evidence', ...list(evidence)),
    ...section('Worth knowing', ...list(warnings.map(({ message }) => message))),
    ...section('How it was measured', circumstances(result), ...attemptsFold(attempts)),
  ];
}

function circumstances(result: ProbeResult): Markup {
  const { pinned, mailHosts, attempts, connections, startedAt, finishedAt, resolver } = result;
  const senders = new Set(attempts.map(({ tuple }) => tuple.sender));
  const [first] = attempts;
  return facts([
    ['Recipient', result.target.recipient],
    ['Mail host', pinned === null ? '' : `${pinned.name} [${pinned.address}], port ${pinned.port}`],
    ['All mail hosts', mailHosts.map(({ name, preference }) => `${preference} ${name}`).join(', ')],
    ['From', first?.tuple.client ?? ''],
    ['HELO', first?.tuple.helo ?? ''],
    ['Senders', sendersText([...senders])],
    ['Began', timeText(startedAt)],
    ['Ended', finishedAt === null ? 'not yet' : timeText(finishedAt)],
    ['Connections', String(connections)],
    ['DNS server', resolver ?? ''],
  ]);
}

function sendersText(senders: readonly string[]): string {
  const [first = '', ...others] = senders;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** Every attempt with the reply as it came, folded. */
function attemptsFold(attempts: readonly AttemptResult[]): Markup[] {
  if (attempts.length === 0) return [];
  const title = attempts.length === 1 ? 'The attempt' : `All ${attempts.length} attempts`;
  const rows = table('Attempts, with the replies as they came', ATTEMPT_COLUMNS, attempts);
  return [fold(`${title}, with what the server said`, ...rows)];
}

const ATTEMPT_COLUMNS: readonly Column<AttemptResult>[] = [
  { title: 'No.', kind: 'number', cell: ({ n }) => ({ by: n, text: String(n) }) },
  { title: 'Time (UTC)', cell: ({ at }) => at.slice(11, 19) },
  { title: 'What for', cell: ({ role }) => role },
  { title: 'Sender', kind: 'long', cell: ({ tuple }) => tuple.sender },
  {
    title: 'Age',
    kind: 'number',
    cell: (one) =>
      one.ageSeconds === null ? null : { by: ageOf(one), text: secondsText(ageOf(one)) },
  },
  { title: 'At', cell: ({ stage }) => stage },
  { title: 'Outcome', cell: ({ outcome }) => outcome },
  { title: 'Reply', kind: 'reply', cell: (one) => element('code', {}, replyWords(one)) },
];

/** Which run it was, and what made the page. */
function runWords({ run, version }: ProbeResult): Markup {
  return paragraph(`Run ${run}. ${versionText(version)}`);
}
