import type { AgeWindow } from '../advice/acceptance-window.js';
import type { Exchange2003Advice } from '../advice/exchange2003-schema.js';
import type { SenderAdvice, Span } from '../advice/sender-advice-schema.js';

/*
 * What a picture of advice shows, whether it is drawn in a terminal or as SVG: a row a sender, a
 * mark or a span a retry, held against the window.
 */

/** Refused for sure, through for sure, or open. */
export type MarkKind = 'refused' | 'lands' | 'open';

export interface Mark {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly kind: MarkKind;
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
  readonly closesSeconds: number;
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
      })),
      instead: null,
    };
  });
}

/** A row for each sender: its retries up to the one that lands whatever the phase. */
export function senderRows(senders: readonly SenderAdvice[], held: HeldAgainst): Row[] {
  return senders.map((sender) => {
    const most = Math.min(sender.retry?.[1] ?? MOST_MARKS, MOST_MARKS);
    const spans = sender.spans.filter(({ retry }) => retry <= most);
    const marks = spans.flatMap((span) => marksOf(span, sender, held));
    return { label: sender.id, marks, instead: marks.length > 0 ? null : sender.says };
  });
}

/** The window, and whether ages are counted from the first try whatever happens. */
export interface HeldAgainst {
  readonly opensSeconds: number;
  readonly closesSeconds: number;
  readonly restartsTimer: boolean;
}

/** Cut at the opening, where the server counts from the first try; else by number alone. */
function marksOf(span: Span, sender: SenderAdvice, held: HeldAgainst): Mark[] {
  const { retry, spans } = sender;
  const { earliestSeconds: from, latestSeconds } = span;
  const stepsOver = spans.some((other) => other.latestSeconds > held.closesSeconds);
  if (held.restartsTimer || stepsOver) {
    const kind = span.retry < (retry?.[0] ?? MOST_MARKS + 1) ? 'refused' : 'open';
    const sure = retry !== null && retry[0] === retry[1] && span.retry === retry[0];
    return [{ fromSeconds: from, toSeconds: latestSeconds, kind: sure ? 'lands' : kind }];
  }
  // No try is made after the latest landing.
  const to = Math.min(latestSeconds, sender.latestSeconds ?? latestSeconds);
  const opens = held.opensSeconds;
  if (to < opens) return [{ fromSeconds: from, toSeconds: to, kind: 'refused' }];
  const lands: Mark = { fromSeconds: Math.max(from, opens), toSeconds: to, kind: 'lands' };
  return from < opens ? [{ fromSeconds: from, toSeconds: opens, kind: 'refused' }, lands] : [lands];
}

/** Rows with the window behind them, and an axis that shows all of the one and the start of the other. */
export function pictureOf(rows: readonly Row[], window: AgeWindow): Picture | null {
  const opensSeconds = window.opens.bySeconds;
  const marks = rows.flatMap((row) => row.marks);
  if (opensSeconds === null || marks.length === 0) return null;
  const most = Math.max(opensSeconds * 1.3, ...marks.map(({ toSeconds }) => toSeconds * 1.1));
  const least = Math.min(...marks.map(({ fromSeconds }) => fromSeconds));
  return {
    rows,
    opensSeconds,
    closesSeconds: Math.max(
      opensSeconds,
      window.closes.bySeconds === null ? most : (window.closes.afterSeconds ?? most),
    ),
    // The first seconds of a queue scan's span are not worth most of a logarithmic axis.
    leastSeconds: Math.max(1, opensSeconds / 8, Math.min(least, opensSeconds || 1) * 0.8),
    mostSeconds: most,
  };
}
