import { percentOf } from '../../core/advice/landing-words.js';
import type { LandingVerdict, SenderAdvice } from '../../core/advice/sender-advice-schema.js';
import type { SourceConfidence } from '../../core/advice/sender-schema.js';
import { formatDuration } from '../../model/values/duration.js';
import type { Style } from './style.js';
import { padded, tableLine } from './table.js';
import { hanging, listed, shorten, strongLines, wrapText } from './wrap.js';

const ID_WIDTH = 31;
const LANDS_WIDTH = 24;
const SURELY_WIDTH = 10;
const WIDTHS = [ID_WIDTH, LANDS_WIDTH, SURELY_WIDTH, 12];

/** How sure a number is, in words; `memory` never goes without its warning. */
export const CONFIDENCE_WORDS: Readonly<Record<SourceConfidence, string>> = {
  given: 'as given',
  source: 'source code',
  docs: 'documents',
  'third-party': 'third party',
  measurement: 'seen in 2016',
  memory: 'not verified',
};

export const VERDICT_WORDS: Readonly<Record<LandingVerdict, string>> = {
  lands: 'lands',
  'may-miss': 'may miss',
  'never-lands': 'never lands',
  'gives-up-first': 'gives up first',
  unknown: 'not known',
};

/** Columns of a table with all that is told of a sender in one line. */
const TABLE_WIDTH = 80;

/** Senders with when their mail arrives and how sure that is: a table, or a list in fewer columns. */
export function renderSenderTable(senders: readonly SenderAdvice[], style: Style): string[] {
  if (senders.length === 0) return [];
  if (style.columns < TABLE_WIDTH) {
    const head = strongLines('sender, and when its mail arrives', style);
    return [...head, ...senders.flatMap((sender) => listEntry(sender, style))];
  }
  const head = tableLine(['sender', 'arrives after', 'surely by', 'numbers from'], WIDTHS, ' ');
  return [style.strong(head), ...senders.map((sender) => tableRow(sender, style).trimEnd())];
}

function tableRow(sender: SenderAdvice, style: Style): string {
  const { surelyBySeconds } = sender;
  const when = colourOf(sender, style)(padded(arrival(sender), LANDS_WIDTH));
  const by = surelyBySeconds === null ? '' : short(surelyBySeconds);
  const source = sender.verdict === 'unknown' ? '' : CONFIDENCE_WORDS[sender.confidence];
  return `${padded(sender.id, ID_WIDTH)} ${when} ${padded(by, SURELY_WIDTH)} ${source}`;
}

/** What a row of the table says, in words below the sender. */
function listEntry(sender: SenderAdvice, style: Style): string[] {
  const { id, verdict, surelyBySeconds, confidence } = sender;
  const when = arrival(sender);
  const arrives = verdict === 'lands' ? `after ${when}` : when;
  const by = surelyBySeconds === null ? when : short(surelyBySeconds);
  const surely = by === when ? '' : `, surely by ${by}`;
  const source = verdict === 'unknown' ? '' : ` (${CONFIDENCE_WORDS[confidence]})`;
  const [first = '', ...rest] = hanging('', `${arrives}${surely}${source}`, 4, style.columns);
  const coloured = first.replace(arrives, colourOf(sender, style));
  return [shorten(id, style.columns), coloured, ...rest];
}

function colourOf({ verdict }: SenderAdvice, style: Style): (text: string) => string {
  const colours: Partial<Record<LandingVerdict, (text: string) => string>> = {
    lands: style.good,
    'may-miss': style.warning,
    unknown: style.faint,
  };
  return colours[verdict] ?? style.bad;
}

function arrival(sender: SenderAdvice): string {
  const { verdict, earliestSeconds, latestSeconds } = sender;
  const words = VERDICT_WORDS[verdict];
  if (earliestSeconds === null || latestSeconds === null) return words;
  const [from, to] = [short(earliestSeconds), short(latestSeconds)];
  const when = from === to ? from : `${from} to ${to}`;
  if (verdict === 'lands') return when;
  const often = `${words}${missWords(sender)};`;
  const told = `${often} from ${from}`;
  return told.length <= LANDS_WIDTH ? told : `${often} ${from}`;
}

/** Whole minutes are enough from ten minutes on. */
function short(seconds: number): string {
  return formatDuration(seconds < 600 ? seconds : Math.round(seconds / 60) * 60);
}

function missWords({ missChance }: SenderAdvice): string {
  if (missChance === null || missChance === 0) return '';
  return ` ${percentOf(missChance)}%`;
}

/** `postconf(5) (documents, 2026-11-30)`: what numbers rest on, and when it was read. */
export function sourceText({
  source,
  confidence,
  checked,
}: {
  readonly source: string;
  readonly confidence: SourceConfidence;
  readonly checked?: string | null | undefined;
}): string {
  const read = checked === undefined || checked === null ? '' : `, ${checked}`;
  return `${source} (${CONFIDENCE_WORDS[confidence]}${read})`;
}

/** So many sources can be read; more are found by their sender. */
const MOST_SOURCES = 12;

/** Where the numbers of a table were read. */
export function renderSources(senders: readonly SenderAdvice[], style: Style): readonly string[] {
  if (senders.length > MOST_SOURCES) {
    return wrapText(
      'Where the numbers of a sender were read: name it alone, or use --json.',
      style.columns,
    );
  }
  const lines = senders.flatMap((sender) =>
    listed(`${sender.id}: ${sourceText(sender)}`, style.columns),
  );
  return lines.length === 0
    ? []
    : [style.strong('Where the numbers are from'), ...lines.map(style.faint)];
}
