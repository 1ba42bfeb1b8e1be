import type { Edge } from '../../model/time.js';

/** Ages at which a retry is accepted, as far as they are known: shape of a probe result's window. */
export interface AgeWindow {
  readonly opens: Edge;
  readonly closes: Edge;
}

/** The part of a window on which advice can rest. */
export interface UsableWindow {
  /** First age that is known to be accepted. */
  readonly fromSeconds: number;
  /** Last age that is known, or assumed, to be accepted. */
  readonly toSeconds: number;
  /** The closing edge was not seen: `toSeconds` is an assumption. */
  readonly closingAssumed: boolean;
}

/** A window whose edges are known exactly, as a receiver would configure it. */
export function exactWindow(opensSeconds: number, closesSeconds: number): AgeWindow {
  return {
    opens: { afterSeconds: opensSeconds, bySeconds: opensSeconds },
    closes: { afterSeconds: closesSeconds, bySeconds: closesSeconds },
  };
}

/**
 * What of a window is safe to use. Null when no age is known to be accepted.
 *
 * Where the window was not seen to close (closes.bySeconds is null) it is taken to stay open until
 * `assumedCloseSeconds`: ages beyond the last accepted one are unmeasured, not refused.
 * Opens by 300, open at 302, not seen to close -> 300 to 86,400 s, assumed; refused at 3600 -> 300 to 302 s.
 */
export function usableWindow(window: AgeWindow, assumedCloseSeconds: number): UsableWindow | null {
  const fromSeconds = window.opens.bySeconds;
  if (fromSeconds === null) return null;
  const lastKnown = Math.max(fromSeconds, window.closes.afterSeconds ?? fromSeconds);
  const closingAssumed = window.closes.bySeconds === null && lastKnown < assumedCloseSeconds;
  return {
    fromSeconds,
    toSeconds: closingAssumed ? assumedCloseSeconds : lastKnown,
    closingAssumed,
  };
}

/** How a try at some age fares; `edge` is inside the window but nearer to an edge than the margin. */
export const PROSPECTS = ['lands', 'edge', 'perhaps', 'too-early', 'too-late'] as const;
export type Prospect = (typeof PROSPECTS)[number];

/**
 * How a try at this age fares. `perhaps` is an age that nobody measured.
 * Refused at 290, open from 300 to 1000 s, margin 10: 280 too-early, 295 perhaps, 305 edge, 310 lands.
 */
export function prospectAt(
  ageSeconds: number,
  window: AgeWindow,
  usable: UsableWindow,
  marginSeconds: number,
): Prospect {
  const { fromSeconds, toSeconds } = usable;
  if (ageSeconds < fromSeconds) {
    const refused = window.opens.afterSeconds;
    return refused !== null && ageSeconds <= refused ? 'too-early' : 'perhaps';
  }
  if (ageSeconds > toSeconds) {
    const refused = window.closes.bySeconds;
    return refused !== null && ageSeconds >= refused ? 'too-late' : 'perhaps';
  }
  const within =
    ageSeconds >= fromSeconds + marginSeconds && ageSeconds <= toSeconds - marginSeconds;
  return within ? 'lands' : 'edge';
}
