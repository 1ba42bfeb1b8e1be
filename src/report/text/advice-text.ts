import type { RecommendResult } from '../../contract/recommend-result.js';
import type { SimulateSendersResult } from '../../contract/simulate-senders-result.js';
import type { Exchange2003Advice, GlitchAttempt } from '../../core/advice/exchange2003-schema.js';
import type { SenderAdvice } from '../../core/advice/sender-advice-schema.js';
import { formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { glitchRows, type Picture, pictureOf, senderRows } from '../picture/of-advice.js';
import { renderAdviceTimeline } from '../picture/to-terminal.js';
import { renderSender } from './advice-sender.js';
import { renderSenderTable, renderSources, sourceText } from './advice-table.js';
import { PLAIN, type Style } from './style.js';
import { hanging, joined, listed, strongLines, wrapLonger, wrapText } from './wrap.js';

/** A sender is told in full when no more than this many were asked for. */
const MOST_IN_FULL = 4;
/** More rows than this push the table of a simulation off the screen. */
const MOST_DRAWN = 24;

/**
 * `recommend` for people; Exchange 2003 in full where it was asked for. Commands and settings are
 * there to be copied: their lines stay whole.
 */
export function renderRecommendation(result: RecommendResult, style: Style = PLAIN): string {
  const { exchange2003, senders, assumptions } = result.advice;
  if (result.window.opens.bySeconds === null) return withoutOpening(result, style);
  const glitch = senders.some(({ id }) => id === 'exchange-2003');
  const others = senders.filter(({ id }) => id !== 'exchange-2003');
  const inFull = others.filter((sender) => others.length <= MOST_IN_FULL || needsChange(sender));
  const picture = recommendationPicture(result);
  return joined([
    glitch ? glitchHead(exchange2003, style) : [],
    picture === null ? [] : [...renderAdviceTimeline(picture, style)],
    glitch ? glitchDetail(exchange2003, style) : [],
    glitch && exchange2003.glitchRetrySeconds === null ? instead(senders, style) : [],
    glitch ? registryBlock(result, style) : [],
    renderSenderTable(senders, style),
    ...inFull.map((sender) => renderSender(sender, style)),
    glitch ? sourcesBlock(exchange2003, style) : [],
    renderSources(
      others.filter((sender) => !inFull.includes(sender)),
      style,
    ),
    assumptions.flatMap((words) => listed(words, style.columns)),
    writtenLines(result.files, style),
    result.warnings.flatMap(({ message }) =>
      hanging('Note: ', escapeControl(message), 6, style.columns),
    ),
  ]);
}

/** Before a retry was accepted there is nothing to hold schedules against. */
function withoutOpening({ advice, warnings }: RecommendResult, style: Style): string {
  return joined([
    [
      ...strongLines('No retry was accepted yet: there is nothing to advise.', style),
      ...wrapText(advice.exchange2003.basis, style.columns),
    ],
    warnings.flatMap(({ message }) => hanging('Note: ', escapeControl(message), 6, style.columns)),
  ]);
}

/** What else helps where GlitchRetrySeconds does not. */
function instead(senders: readonly SenderAdvice[], style: Style): string[] {
  const ways = senders.find(({ id }) => id === 'exchange-2003')?.otherwise ?? [];
  return ways.length === 0
    ? []
    : ['What else helps:', ...ways.flatMap((way) => listed(way, style.columns))];
}

/** What the picture of a recommendation shows; null where there is nothing to draw. */
export function recommendationPicture(result: RecommendResult): Picture | null {
  const { exchange2003, senders } = result.advice;
  const glitch = senders.some(({ id }) => id === 'exchange-2003');
  const held = {
    opensSeconds: result.window.opens.bySeconds ?? 0,
    closesSeconds: exchange2003.closesAtSeconds ?? 0,
    restartsTimer: result.restartsTimer,
  };
  const rows = [
    ...(glitch ? glitchRows(exchange2003) : []),
    ...senderRows(
      senders.filter(({ id }) => id !== 'exchange-2003'),
      held,
    ),
  ];
  return pictureOf(rows, result.window);
}

/** `simulate --window` for people: the picture for a few senders, the table for all. */
export function renderSimulation(result: SimulateSendersResult, style: Style = PLAIN): string {
  const { opensSeconds, closesSeconds } = result.window;
  const few = result.senders.length <= MOST_IN_FULL;
  const picture = result.senders.length <= MOST_DRAWN ? simulationPicture(result) : null;
  const rule = result.restartsTimer ? ' Each early try starts the wait again.' : '';
  const head = `A retry is accepted from ${formatDuration(opensSeconds)} to ${formatDuration(closesSeconds)} after the first try.${rule}`;
  return joined([
    strongLines(head, style),
    picture === null ? [] : [...renderAdviceTimeline(picture, style)],
    renderSenderTable(result.senders, style),
    ...(few ? result.senders.map((sender) => renderSender(sender, style)) : []),
    few ? [] : renderSources(result.senders, style),
    result.assumptions.flatMap((words) => listed(words, style.columns)),
    writtenLines(result.files, style),
  ]);
}

/** What the picture of a simulation shows. */
export function simulationPicture(result: SimulateSendersResult): Picture | null {
  const { window, senders, restartsTimer } = result;
  const edge = (seconds: number) => ({ afterSeconds: seconds, bySeconds: seconds });
  return pictureOf(senderRows(senders, { ...window, restartsTimer }), {
    opens: edge(window.opensSeconds),
    closes: edge(window.closesSeconds),
  });
}

function needsChange({ verdict, remedy }: { verdict: string; remedy: unknown }): boolean {
  return verdict !== 'lands' && verdict !== 'unknown' && remedy !== null;
}

function glitchHead(advice: Exchange2003Advice, style: Style): string[] {
  const value = advice.glitchRetrySeconds;
  const head =
    value === null
      ? 'Exchange 2000/2003: no value of GlitchRetrySeconds can be recommended.'
      : advice.change
        ? `Exchange 2000/2003: set GlitchRetrySeconds to ${value}.`
        : `Exchange 2000/2003: leave GlitchRetrySeconds at its default, ${value}.`;
  return [...strongLines(head, style), ...wrapText(escapeControl(advice.basis), style.columns)];
}

function glitchDetail(advice: Exchange2003Advice, style: Style): string[] {
  if (advice.candidates.length === 0) return [];
  const rows = advice.candidates.flatMap((candidate) => {
    const head = `  G = ${String(candidate.glitchRetrySeconds).padEnd(6)} ${candidate.label.padEnd(21)} `;
    const landed = candidate.attempts.findIndex(({ fate }) => fate === 'lands');
    const made = candidate.attempts.slice(0, landed < 0 ? undefined : landed + 1);
    return [
      ...hanging(head, made.map(attemptWords).join(', '), head.length, style.columns),
      ...hanging('', candidate.says, 6, style.columns),
    ];
  });
  const { ifTwoRetries, ifThreeRetries } = advice.smallestSeconds;
  const smallest =
    ifTwoRetries === null || ifThreeRetries === null
      ? []
      : [
          `Smallest value that can work: ${ifTwoRetries} s if two glitch retries are made, ${ifThreeRetries} s if three are.`,
        ];
  return [
    ...wrapText(
      'GlitchRetrySeconds (G) and its retries, in seconds after the first try:',
      style.columns,
    ),
    ...rows,
    ...wrapText(
      '? is made only by one reading: Microsoft tells of three glitch retries, others of two.',
      style.columns,
    ),
    ...smallest.flatMap((words) => wrapText(words, style.columns)),
    ...(advice.glitchRetrySeconds === null
      ? []
      : hanging('Price: ', advice.price, 7, style.columns)),
    ...advice.cannotCure.flatMap((words) => hanging('No cure: ', words, 9, style.columns)),
    ...(advice.deliveryTab === null
      ? []
      : hanging('Or: ', advice.deliveryTab.says, 4, style.columns)),
  ];
}

function sourcesBlock({ sources }: Exchange2003Advice, style: Style): string[] {
  const lines = sources.flatMap((one) => listed(`${one.fact}: ${sourceText(one)}`, style.columns));
  return [
    ...strongLines('Where the numbers on Exchange 2000/2003 are from', style),
    ...lines.map(style.faint),
  ];
}

const FATE_WORDS = {
  lands: 'lands',
  edge: 'on the edge',
  perhaps: 'perhaps',
  'too-early': 'early',
  'too-late': 'late',
} as const;

function attemptWords({ atSeconds, certain, fate }: GlitchAttempt): string {
  return `${atSeconds}${certain ? '' : '?'} ${FATE_WORDS[fate]}`;
}

function registryBlock({ registry, advice }: RecommendResult, style: Style): string[] {
  if (registry === null || !advice.exchange2003.change) return [];
  return [
    ...strongLines('To set it (or write a file to import with --reg), at a command prompt:', style),
    ...registry.regExe.map((line) => `  ${line}`),
    style.strong('or in PowerShell:'),
    ...registry.powerShell.map((line) => `  ${line}`),
    style.strong('then, in either:'),
    ...registry.restart.map((line) => `  ${line}`),
  ];
}

function writtenLines(files: readonly string[], style: Style): string[] {
  return files.flatMap((file) => wrapLonger(`Written: ${escapeControl(file)}`, style.columns));
}
