import type { AgeWindow } from '../../core/advice/acceptance-window.js';
import type { Exchange2003Advice } from '../../core/advice/exchange2003-schema.js';
import { EDGE_MARGIN_SECONDS } from '../../core/advice/schedule-fit.js';
import type { SenderAdvice, Span } from '../../core/advice/sender-advice-schema.js';
import { axisBegin } from './axis.js';

/*
 * What a picture of advice shows, whether it is drawn in a terminal or as SVG: a row a sender, a
 * mark or a span a retry, held against the window.
 */

/** Of a try that was made: refused or accepted. Of one to come: refused for sure, through for sure, or open. */
export type MarkKind = 'refused' | 'accepted' | 'lands' | 'open';

export interface Mark {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly kind: MarkKind;
  /** False where nobody wrote down that a try is made then. */
  readonly verified: boolean;
}

export interface Row {
  readonly label: string;
  readonly marks: readonly Mark[];
  /** Shown in words where there are no marks. */
  readonly instead: string | null;
}

export interface Picture {
  readonly rows: readonly Row[];
  readonly opensSeconds: number;
  /** Null: not seen to close. */
  readonly closesSeconds: number | null;
  /** The part of the time axis to show. */
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

const MOST_MARKS = 60;

/** A row for each value of GlitchRetrySeconds. */
export function glitchRows(advice: Exchange2003Advice): Row[] {
  return advice.candidates.map(({ glitchRetrySeconds, attempts }) => {
    const landed = attempts.findIndex(({ fate }) => fate === 'lands');
    const made = landed < 0 ? attempts : attempts.slice(0, landed + 1);
    return {
      label: `exchange-2003 G=${glitchRetrySeconds}`,
      marks: made.map(({ atSeconds, certain, fate }) => ({
        fromSeconds: atSeconds,
        toSeconds: atSeconds,
        kind:
          fate === 'too-early' || fate === 'too-late'
            ? 'refused'
            : fate === 'lands' && certain
              ? 'lands'
              : 'open',
        verified: true,
      })),
      instead: null,
    };
  });
}

/** A row for each sender: its retries up to the one that lands whatever the phase. */
export function senderRows(senders: readonly SenderAdvice[], held: HeldAgainst): Row[] {
  return senders.map((sender) => {
    const until = arrival(sender) ?? Number.POSITIVE_INFINITY;
    const spans = sender.spans.filter(({ earliestSeconds }) => earliestSeconds <= until);
    const tried = spans.flatMap((span) => marksOf(span, sender, held));
    const marks = [...thinned(tried), ...landingBeyond(tried, sender)];
    const sure = marks.every(({ verified }) => verified);
    return {
      label: sure ? sender.id : `${sender.id} ${UNVERIFIED_SIGN}`,
      marks,
      instead: marks.length > 0 ? null : sender.says,
    };
  });
}

/** Tries that are refused one after the other, as one span where they are too many for marks. */
function thinned(marks: readonly Mark[]): readonly Mark[] {
  const refused = marks.findIndex(({ kind }) => kind !== 'refused');
  const count = refused < 0 ? marks.length : refused;
  const [first, last] = [marks[0], marks[count - 1]];
  if (count <= MOST_MARKS || first === undefined || last === undefined) return marks;
  const verified = marks.slice(0, count).every((mark) => mark.verified);
  const span: Mark = { ...first, toSeconds: last.toSeconds, verified };
  return [span, ...marks.slice(count, count + MOST_MARKS)];
}

/** The landing of a sender that tries so often that its spans end before. */
function landingBeyond(marks: readonly Mark[], sender: SenderAdvice): Mark[] {
  const { earliestSeconds, latestSeconds, verdict, confidence } = sender;
  const last = Math.max(0, ...marks.map(({ toSeconds }) => toSeconds));
  if (earliestSeconds === null || latestSeconds === null || last >= earliestSeconds) return [];
  return [
    {
      fromSeconds: earliestSeconds,
      toSeconds: latestSeconds,
      kind: verdict === 'lands' ? 'lands' : 'open',
      verified: confidence !== 'memory',
    },
  ];
}

/** Behind the names of rows with marks that are not verified. */
export const UNVERIFIED_SIGN = '*';

/** When the mail has arrived, tries near an edge left out where there is a later one. */
function arrival({ surelyBySeconds, latestSeconds }: SenderAdvice): number | null {
  return surelyBySeconds ?? latestSeconds;
}

/** The window, and whether ages are counted from the first try whatever happens. */
export interface HeldAgainst {
  readonly opensSeconds: number;
  readonly closesSeconds: number;
  readonly restartsTimer: boolean;
}

/** Cut at the opening, where the server counts from the first try; else by number alone. */
function marksOf(span: Span, sender: SenderAdvice, held: HeldAgainst): Mark[] {
  const { earliestSeconds: from, latestSeconds, confidence } = span;
  const verified = confidence !== 'memory';
  const mark = (fromSeconds: number, toSeconds: number, kind: MarkKind): Mark => ({
    fromSeconds,
    toSeconds,
    kind,
    verified,
  });
  const stepsOver = sender.spans.some((other) => other.latestSeconds > held.closesSeconds);
  if (held.restartsTimer || stepsOver)
    return [mark(from, latestSeconds, kindByNumber(span, sender))];
  // No try is made after the latest landing.
  const to = Math.min(latestSeconds, arrival(sender) ?? latestSeconds);
  const opens = held.opensSeconds;
  if (to < opens) return [mark(from, to, 'refused')];
  const within = to < opens + EDGE_MARGIN_SECONDS ? 'open' : 'lands';
  const accepted = mark(Math.max(from, opens), to, within);
  return from < opens ? [mark(from, opens, 'refused'), accepted] : [accepted];
}

/** Where ages are not counted from the first try: by which retries land. */
function kindByNumber(
  { retry, latestSeconds }: Span,
  { retry: landing, latestSeconds: latest, surelyBySeconds }: SenderAdvice,
): MarkKind {
  if (landing === null || retry < landing[0]) return 'refused';
  if (surelyBySeconds === null || latestSeconds < surelyBySeconds) return 'open';
  return landing[0] === landing[1] || latest !== surelyBySeconds ? 'lands' : 'open';
}

/** Marks earlier than this share of the opening are drawn at the edge of the picture. */
const EARLIEST_SHARE = 1 / 40;

/** Rows with the window behind them, and an axis that shows all of the one and the start of the other. */
export function pictureOf(rows: readonly Row[], window: AgeWindow): Picture | null {
  const opensSeconds = window.opens.bySeconds;
  const marks = rows.flatMap((row) => row.marks);
  if (opensSeconds === null || marks.length === 0) return null;
  const { afterSeconds, bySeconds } = window.closes;
  const closesSeconds =
    bySeconds === null ? null : Math.max(opensSeconds, afterSeconds ?? bySeconds);
  const most = Math.max(opensSeconds * 1.3, ...marks.map(({ toSeconds }) => toSeconds * 1.1));
  return {
    rows,
    opensSeconds,
    closesSeconds,
    leastSeconds: Math.max(opensSeconds * EARLIEST_SHARE, axisBegin(earliest(marks, opensSeconds))),
    // A closing edge that is not far off is worth seeing.
    mostSeconds:
      closesSeconds !== null && closesSeconds <= most * 2
        ? Math.max(most, closesSeconds * 1.05)
        : most,
  };
}

/** The first seconds of a queue scan's span are not worth most of a logarithmic axis. */
function earliest(marks: readonly Mark[], opensSeconds: number): number {
  const starts = marks.map(({ fromSeconds, toSeconds }) => Math.max(fromSeconds, toSeconds / 8));
  return Math.min(opensSeconds || 1, ...starts);
}
