import { exactWindow } from '../../../../src/core/advice/acceptance-window.js';
import { adviseSender } from '../../../../src/core/advice/sender-advice.js';
import type { SenderAdvice, Span } from '../../../../src/core/advice/sender-advice-schema.js';
import type { Sender } from '../../../../src/core/advice/sender-schema.js';
import { SENDERS } from '../../../../src/core/advice/senders.js';
import { durationText } from '../../../../src/model/values/duration.js';
import { CONFIDENCE_WORDS } from '../../../../src/report/text/advice-table.js';

const HOUR = 3_600;
const WINDOWS: readonly (readonly [string, number, number])[] = [
  ['60 s to 24 h', 60, 24 * HOUR],
  ['300 s to 48 h', 300, 48 * HOUR],
  ['850 s to 25 h', 850, 25 * HOUR],
  ['25 min to 4 h', 1_500, 4 * HOUR],
  ['1 h to 4 h', HOUR, 4 * HOUR],
];
const KNOWN = SENDERS.filter(({ schedule }) => schedule !== null);

/** The table of docs/senders.md: earliest and latest landing of each sender, in seconds. */
export function landingTable(): string[] {
  return [
    `| sender | ${WINDOWS.map(([name]) => name).join(' | ')} | numbers from |`,
    `|---|${WINDOWS.map(() => '---').join('|')}|---|`,
    ...KNOWN.map((sender) => {
      const cells = WINDOWS.map(([, opens, closes]) => landingCell(sender, opens, closes));
      return `| \`${sender.id}\` | ${cells.join(' | ')} | ${numbersFrom(sender)} |`;
    }),
  ];
}

/** When a sender lands in a window, as the table has it. */
export function landingCell(sender: Sender, opens: number, closes: number): string {
  const advice = adviseSender(sender, exactWindow(opens, closes));
  return advice === null ? '' : cell(advice);
}

function cell({ verdict, earliestSeconds, latestSeconds, confidence }: SenderAdvice): string {
  if (earliestSeconds === null) return verdict.replace(/-/gu, ' ');
  const when =
    earliestSeconds === latestSeconds
      ? `${earliestSeconds}`
      : `${earliestSeconds}-${latestSeconds}`;
  const sure = verdict === 'lands' ? when : `${when} (${verdict.replace(/-/gu, ' ')})`;
  return confidence === 'memory' ? `${sure} (not verified)` : sure;
}

function numbersFrom({ confidence, lessSureFrom }: Sender): string {
  const words = CONFIDENCE_WORDS[confidence];
  return lessSureFrom === null
    ? words
    : `${words}; from retry ${lessSureFrom.retry} on ${CONFIDENCE_WORDS[lessSureFrom.confidence]}`;
}

const FIRST = 6;

/** The table of docs/senders.md with each sender's first retries and how long it goes on. */
export function scheduleTable(): string[] {
  return [
    '| sender | first retries | gives up after |',
    '|---|---|---|',
    ...KNOWN.map((sender) => {
      // A window that never opens shows all retries.
      const never = exactWindow(10 ** 9, 10 ** 9);
      const advice = adviseSender(sender, never, { untilSeconds: 30 * 86_400 });
      const spans = (advice?.spans ?? []).slice(0, FIRST + 1);
      return `| \`${sender.id}\` | ${retryWords(spans)} | ${giveUpWords(sender, advice)} |`;
    }),
  ];
}

function retryWords(spans: readonly Span[]): string {
  if (spans.length === 0) return 'none';
  const words = spans.slice(0, FIRST).map(({ earliestSeconds, latestSeconds, confidence }) => {
    const [from, to] = [Math.round(earliestSeconds), Math.round(latestSeconds)];
    const when = from === to ? `${from}` : `${from}-${to}`;
    return confidence === 'memory' ? `${when} (not verified)` : when;
  });
  return [...words, ...(spans.length > FIRST ? ['...'] : [])].join(', ');
}

function giveUpWords(sender: Sender, advice: SenderAdvice | null): string {
  const after = advice?.givesUpAfterSeconds ?? null;
  if (after === null) return sender.schedule?.kind === 'observed' ? '' : 'not known';
  const { confidence } = sender.giveUp;
  const words = confidence === sender.confidence ? '' : ` (${CONFIDENCE_WORDS[confidence]})`;
  return `${durationText(after)}${words}`;
}

/** The list of docs/senders.md of where each sender's numbers were read. */
export function sourceList(): string[] {
  return SENDERS.map(
    ({ id, source, confidence, checked }) =>
      `- \`${id}\`: ${source} (${CONFIDENCE_WORDS[confidence]}, ${checked})`,
  );
}
