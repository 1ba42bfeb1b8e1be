import type { ClockReading, SecondsInterval, Stamp } from '../../model/time.js';

/**
 * Two clocks that differ by less than this over a span tell the same time: NTP slews at up to
 * 500 ppm, and readings are taken one after the other.
 */
const AGREEMENT_SECONDS = 0.05;
const AGREEMENT_RATIO = 0.0005;

/**
 * Time from one stamp to another, in seconds.
 *
 * Within a segment the monotonic clock decides. Where the wall clock disagrees, the machine slept
 * (the monotonic clock may stand still) or the wall clock was set: either may be right, so the
 * interval spans both. So it is for segments of one boot, whose monotonic clock is one. Across others
 * the wall clock compares; how far it moved apart from the monotonic clocks within them is in the
 * stamps, and the interval spans that too. Where the wall clock was set back between two of them, an
 * unknown time has passed: the interval has no upper end.
 *
 *     14:00:00 in one boot, 13:00:08 in the next, where that is noticed at 13:00:05    3 s or more
 *     the same in one boot, 8 s later                                                  8 s
 */
export function elapsedSeconds(from: Stamp, to: Stamp): SecondsInterval {
  const wall = (to.wallMs - from.wallMs) / 1000;
  if (clockOf(from) !== clockOf(to)) return acrossClocks(wall, from, to);
  const monotonic = (to.monotonicMs - from.monotonicMs) / 1000;
  if (!clocksDisagree(from, to)) return { low: monotonic, high: monotonic };
  if (from.segment !== to.segment) return { low: monotonic, high: Math.max(wall, monotonic) };
  return { low: Math.max(0, Math.min(wall, monotonic)), high: Math.max(wall, monotonic) };
}

/** As `elapsedSeconds().high`, for plans; where that is unknown, what has passed at least. */
export function mostElapsed(from: Stamp, to: Stamp): number {
  const { low, high } = elapsedSeconds(from, to);
  return Number.isFinite(high) ? high : low;
}

function clockOf({ clock, segment }: Stamp): number {
  return clock ?? segment;
}

function acrossClocks(wall: number, from: Stamp, to: Stamp): SecondsInterval {
  const apart = ((to.apartMs ?? 0) - (from.apartMs ?? 0)) / 1000;
  const agree = Math.abs(apart) <= AGREEMENT_SECONDS + Math.abs(wall) * AGREEMENT_RATIO;
  const steady = agree ? wall : wall - apart;
  const lostAt = to.timeLostAt ?? to.wallMs;
  if (Math.max(wall, steady) < 0 || (to.timeLostAt !== undefined && from.timeLostAt !== lostAt)) {
    return { low: Math.max(0, (to.wallMs - lostAt) / 1000), high: Number.POSITIVE_INFINITY };
  }
  return { low: Math.max(0, Math.min(wall, steady)), high: Math.max(wall, steady) };
}

/** True when wall and monotonic clock of one segment, or boot, moved apart between two stamps. */
export function clocksDisagree(from: Stamp, to: Stamp): boolean {
  return clockOf(from) === clockOf(to) && clocksMovedApart(from, to);
}

/** The same of two readings in one process. */
export function clocksMovedApart(from: ClockReading, to: ClockReading): boolean {
  const wallMs = to.wallMs - from.wallMs;
  const monotonicMs = to.monotonicMs - from.monotonicMs;
  const allowedMs = AGREEMENT_SECONDS * 1000 + Math.abs(monotonicMs) * AGREEMENT_RATIO;
  return Math.abs(wallMs - monotonicMs) > allowedMs;
}

/** When the server can have seen an attempt: after `sent`, before `replied`. */
export interface Exposure {
  readonly sent: Stamp;
  readonly replied: Stamp;
}

/**
 * Age of a tuple at a later attempt: the server saw the first between s0 and r0 and the later one
 * between sk and rk, so the age lies in [sk - r0, rk - s0].
 */
export function ageSeconds(first: Exposure, later: Exposure): SecondsInterval {
  return {
    low: elapsedSeconds(first.replied, later.sent).low,
    high: elapsedSeconds(first.sent, later.replied).high,
  };
}
