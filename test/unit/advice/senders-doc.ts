import { exactWindow } from '../../../src/advice/acceptance-window.js';
import { adviseSender } from '../../../src/advice/sender-advice.js';
import type { SenderAdvice } from '../../../src/advice/sender-advice-schema.js';
import { SENDERS } from '../../../src/advice/senders.js';
import { CONFIDENCE_WORDS } from '../../../src/report/advice-table.js';

const HOUR = 3_600;
const WINDOWS: readonly (readonly [string, number, number])[] = [
  ['60 s to 24 h', 60, 24 * HOUR],
  ['300 s to 48 h', 300, 48 * HOUR],
  ['850 s to 25 h', 850, 25 * HOUR],
  ['25 min to 4 h', 1_500, 4 * HOUR],
  ['1 h to 4 h', HOUR, 4 * HOUR],
];

/** The table of docs/senders.md: earliest and latest landing of each sender, in seconds. */
export function landingTable(): string[] {
  const known = SENDERS.filter(({ schedule }) => schedule !== null);
  return [
    `| sender | ${WINDOWS.map(([name]) => name).join(' | ')} | numbers from |`,
    `|---|${WINDOWS.map(() => '---').join('|')}|---|`,
    ...known.map((sender) => {
      const cells = WINDOWS.map(([, opens, closes]) => {
        const advice = adviseSender(sender, exactWindow(opens, closes));
        return advice === null ? '' : cell(advice);
      });
      return `| \`${sender.id}\` | ${cells.join(' | ')} | ${numbersFrom(sender)} |`;
    }),
  ];
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

function numbersFrom({ confidence, lessSureFrom }: (typeof SENDERS)[number]): string {
  const words = CONFIDENCE_WORDS[confidence];
  return lessSureFrom === null
    ? words
    : `${words}; from retry ${lessSureFrom.retry} on ${CONFIDENCE_WORDS[lessSureFrom.confidence]}`;
}
