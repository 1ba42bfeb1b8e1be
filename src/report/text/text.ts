import type { AttemptResult, ProbeResult } from '../../contract/probe-result.js';
import { catalogueEntry } from '../../core/greylist/catalogue/index.js';
import { formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { bracketText, secondsText } from '../../model/values/seconds-text.js';
import { renderTimeline } from '../picture/of-run.js';
import { renderSenderTable } from './advice-table.js';
import { autoWhitelistText } from './catalogue-text.js';
import { PLAIN, type Style } from './style.js';
import { hanging, joined, listed, shorten, strongLines, wrapText } from './wrap.js';

/** A reply may be pages long; the result in JSON has all of it. */
const LONGEST_EVIDENCE = 600;

/** A probe's result for people: verdict, timeline, advice, evidence, warnings. */
export function renderText(result: ProbeResult, style: Style = PLAIN): string {
  const blocks = [
    verdictBlock(result, style),
    [...renderTimeline(result.attempts, result.window, style)],
    keyBlock(result, style),
    adviceBlock(result, style),
    sendersBlock(result, style),
    evidenceBlock(result, style),
    connectionsBlock(result, style),
    whitelistingBlock(result, style),
    warningsBlock(result, style),
  ];
  return joined(blocks);
}

function verdictBlock(result: ProbeResult, style: Style): readonly string[] {
  const { verdict, window, stated } = result;
  const lines = strongLines(escapeControl(verdict.summary), style);
  const facts: string[] = [
    `Verdict: ${verdict.kind}, ${verdict.confidence}${verdict.class === null || verdict.class === 'greylisting' ? '' : ` (${verdict.class})`}.`,
  ];
  if (window !== null && window.opens.bySeconds !== null) facts.push(windowSentence(window));
  if (stated !== null) {
    const meaning = stated.meaning === 'unknown' ? '' : ` (${MEANINGS[stated.meaning]})`;
    facts.push(
      `The server states ${formatDuration(stated.seconds)}${meaning}: "${escapeControl(stated.words)}".`,
    );
  }
  return [...lines, ...wrapText(facts.join(' '), style.columns)];
}

const MEANINGS = { configured: 'the whole delay', remaining: 'the time left' } as const;

function windowSentence({ opens, closes }: NonNullable<ProbeResult['window']>): string {
  const open = `The window opens at an age of ${bracketText(opens)}`;
  if (closes.bySeconds !== null) return `${open} and closes at ${bracketText(closes)}.`;
  if (closes.afterSeconds === null) return `${open}.`;
  return `${open}; it was still open at ${secondsText(closes.afterSeconds)}.`;
}

function keyBlock(result: ProbeResult, style: Style): readonly string[] {
  if (result.key === null) return [];
  return [
    style.strong('Key'),
    ...result.key.flatMap((one) => listed(escapeControl(one.says), style.columns)),
  ];
}

function adviceBlock(result: ProbeResult, style: Style): readonly string[] {
  const advice = result.advice?.exchange2003;
  if (advice === undefined) return [];
  const value = advice.glitchRetrySeconds;
  const head =
    value === null
      ? 'Exchange 2000/2003: no GlitchRetrySeconds works.'
      : `Exchange 2000/2003: GlitchRetrySeconds = ${value}`;
  const rows = advice.candidates.flatMap((candidate) => {
    const ages = candidate.attempts
      .map((one) => {
        const age = `${secondsText(one.atSeconds)}${one.certain ? '' : '?'}`;
        return `${age} ${one.fate.replace('-', ' ')}`;
      })
      .join(', ');
    const label = `  ${String(candidate.glitchRetrySeconds).padStart(5)}  ${candidate.label}`;
    return hanging(label, ages, 31, style.columns);
  });
  return [
    ...strongLines(head, style),
    ...wrapText(escapeControl(advice.basis), style.columns),
    ...rows,
  ];
}

const WHAT_TO_SET = 'What to set: greyprobe recommend --result FILE --for NAME (FILE from --json)';

/** How the mail of other senders fares with the settings that they ship with. */
function sendersBlock(result: ProbeResult, style: Style): readonly string[] {
  const senders = (result.advice?.senders ?? []).filter(({ id }) => id !== 'exchange-2003');
  if (senders.length === 0) return [];
  return [
    ...renderSenderTable(senders, style),
    ...wrapText(WHAT_TO_SET, style.columns).map(style.faint),
  ];
}

function evidenceBlock(result: ProbeResult, style: Style): readonly string[] {
  const { evidence } = result.verdict;
  if (evidence.length === 0) return [];
  return [
    style.strong('Evidence'),
    ...evidence.flatMap((one) => {
      const attempt = one.attempt === null ? '' : ` [${one.attempt}]`;
      const says = shorten(escapeControl(one.says), LONGEST_EVIDENCE);
      return listed(`${says}${attempt}`, style.columns);
    }),
  ];
}

/** One line a connection: when, and how each tuple fared. */
function connectionsBlock(result: ProbeResult, style: Style): readonly string[] {
  const sessions = groupBySession(result.attempts);
  if (sessions.size < 2) return [];
  const lines = [...sessions].flatMap(([session, attempts]) => {
    const told = attempts.map(attemptText).join(', ');
    const at = attempts[0]?.at.slice(11, 19) ?? '';
    return hanging(`  ${String(session).padStart(3)}  ${at}  `, told, 17, style.columns);
  });
  return [style.strong('Connections'), ...lines];
}

/** What the passes leave behind: a later probe from here may be let in at once. */
function whitelistingBlock({ attempts, verdict }: ProbeResult, style: Style): readonly string[] {
  const passes = attempts.filter(({ outcome }) => outcome === 'accepted').length;
  if (verdict.kind !== 'greylisted' || passes === 0) return [];
  const { implementation } = verdict;
  const known = implementation === null ? null : catalogueEntry(implementation.id)?.autoWhitelist;
  const lists = known?.filter(({ shipped }) => shipped) ?? [];
  const told = passes === 1 ? '1 try passed.' : `${passes} tries passed.`;
  const means =
    implementation === null || lists.length === 0
      ? 'Many hosts then let in at once whom they know, for days or weeks.'
      : `As it is shipped, ${implementation.name} then lets in at once ${lists.map(autoWhitelistText).join('; ')}.`;
  return [style.strong('Whitelisting'), ...wrapText(`${told} ${means}`, style.columns)];
}

function groupBySession(attempts: readonly AttemptResult[]): Map<number, AttemptResult[]> {
  const sessions = new Map<number, AttemptResult[]>();
  for (const attempt of attempts) {
    const known = sessions.get(attempt.session);
    if (known === undefined) sessions.set(attempt.session, [attempt]);
    else known.push(attempt);
  }
  return sessions;
}

function attemptText(attempt: AttemptResult): string {
  const code =
    attempt.reply === null
      ? (attempt.error?.code ?? 'failed')
      : [attempt.reply.code, attempt.reply.enhanced].filter(Boolean).join(' ');
  const age = attempt.ageSeconds === null ? '' : ` at ${secondsText(attempt.ageSeconds[0])}`;
  return `${attempt.role}${age}: ${escapeControl(String(code))}`;
}

function warningsBlock(result: ProbeResult, style: Style): readonly string[] {
  return result.warnings.flatMap(({ message }) => {
    const [first = '', ...rest] = hanging('Note: ', escapeControl(message), 6, style.columns);
    return [style.warning('Note:') + first.slice('Note:'.length), ...rest];
  });
}
