import type { AcceptanceWindow, AttemptResult } from '../result/probe-result.js';
import { formatDuration } from '../values/duration.js';
import type { Style } from './style.js';
import { WIDTH } from './wrap.js';

const LABEL_WIDTH = 12;
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - 2;
/** Up to this many times the first age a plain axis can be read; beyond, a logarithmic one. */
const LINEAR_UP_TO = 12;

/** Ages that all lie closer together than this factor would be one mark on an empty axis. */
const SHORTEST_SPAN = 1.05;

const REFUSED = 'x';
const ACCEPTED = 'o';
const OPENING = '░';
const OPEN = '▓';

/** Maps an age to a column of the plot. */
type Scale = (ageSeconds: number) => number;

/**
 * Attempts by the age of their sender: refused and accepted marked, the window shaded. Empty when
 * no sender was tried twice, or all at one age.
 */
export function renderTimeline(
  attempts: readonly AttemptResult[],
  window: AcceptanceWindow | null,
  style: Style,
): readonly string[] {
  const aged = attempts.filter((one) => one.ageSeconds !== null && one.outcome !== 'failed');
  const ages = aged.map(ageOf);
  const [least, most] = [Math.min(...ages), Math.max(...ages)];
  if (aged.length === 0 || most <= 0) return [];
  // One moment is no picture: the verdict and the connections tell of it.
  const opened = window !== null && window.opens.bySeconds !== null;
  if (!opened && most < least * SHORTEST_SPAN) return [];
  const scale = scaleFor(least, most);
  const rows = [
    { label: 'retried', of: aged.filter((one) => one.role === 'retry') },
    { label: 'left alone', of: aged.filter((one) => one.role !== 'retry') },
  ].filter((row) => row.of.length > 0);
  return [
    ...rows.map((row) => label(row.label) + plot(row.of, window, scale, style)),
    label('') + axis(scale, most),
    label('age') + ticks(scale, least, most),
    label('') +
      style.faint(
        legend(
          rows.flatMap((row) => row.of),
          window,
        ),
      ),
  ];
}

/** What the marks of this picture mean, and no others. */
function legend(attempts: readonly AttemptResult[], window: AcceptanceWindow | null): string {
  const accepted = attempts.some(({ outcome }) => outcome === 'accepted');
  const refused = attempts.some(({ outcome }) => outcome !== 'accepted');
  const shaded = window !== null && window.opens.bySeconds !== null;
  return [
    ...(refused ? [`${REFUSED} refused`] : []),
    ...(accepted ? [`${ACCEPTED} accepted`] : []),
    ...(shaded ? [`${OPENING} opens in here`, `${OPEN} open`] : []),
  ].join('  ');
}

function ageOf(attempt: AttemptResult): number {
  const [low = 0, high = 0] = attempt.ageSeconds ?? [];
  return (low + high) / 2;
}

function label(text: string): string {
  return text.padEnd(LABEL_WIDTH);
}

function scaleFor(least: number, most: number): Scale {
  const last = PLOT_WIDTH - 1;
  if (most <= least * LINEAR_UP_TO) return (age) => clamp(Math.round((age / most) * last));
  const from = Math.log(Math.max(1, least * 0.8));
  const span = Math.log(most) - from || 1;
  return (age) => clamp(Math.round(((Math.log(Math.max(1, age)) - from) / span) * last));
}

function clamp(column: number): number {
  return Math.max(0, Math.min(PLOT_WIDTH - 1, column));
}

function plot(
  attempts: readonly AttemptResult[],
  window: AcceptanceWindow | null,
  scale: Scale,
  style: Style,
): string {
  const cells = shading(window, scale);
  for (const attempt of attempts) {
    const refused = attempt.outcome !== 'accepted';
    cells[scale(ageOf(attempt))] = refused ? style.bad(REFUSED) : style.good(ACCEPTED);
  }
  return cells.join('').trimEnd();
}

function shading(window: AcceptanceWindow | null, scale: Scale): string[] {
  const cells = Array.from({ length: PLOT_WIDTH }, () => ' ');
  if (window === null || window.opens.bySeconds === null) return cells;
  const { opens, closes } = window;
  const from = scale(opens.afterSeconds ?? 0);
  const by = scale(opens.bySeconds ?? 0);
  const until = scale(closes.afterSeconds ?? opens.bySeconds ?? 0);
  for (let column = from; column <= by; column += 1) cells[column] = OPENING;
  for (let column = by; column <= until; column += 1) cells[column] = OPEN;
  return cells;
}

function axis(scale: Scale, most: number): string {
  return '─'.repeat(scale(most) + 1);
}

const ROUND_AGES = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200, 86400,
  172800, 345600, 604800,
];

function ticks(scale: Scale, least: number, most: number): string {
  const cells = Array.from({ length: PLOT_WIDTH + 10 }, () => ' ');
  let free = 0;
  for (const age of ROUND_AGES.filter((one) => one >= least * 0.8 && one <= most)) {
    const text = formatDuration(age);
    const start = scale(age);
    if (start < free || start + text.length > PLOT_WIDTH) continue;
    for (const [index, character] of [...text].entries()) cells[start + index] = character;
    free = start + text.length + 2;
  }
  const last = formatDuration(most);
  const start = scale(most) + 1 - last.length;
  if (start >= free) cells.splice(start, last.length, ...last);
  return cells.join('').trimEnd();
}
