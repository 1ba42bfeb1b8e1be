import fc from 'fast-check';
import type { Reply } from '../../../src/model/smtp.js';
import { byMagnitude, evenly, onceIn, seeds } from './numbers.js';

/** What the network and the clocks do during a run. */
export interface WorldCase {
  readonly seed: number;
  readonly latencyMs: { readonly low: number; readonly high: number };
  /** How far the host's clock is ahead. */
  readonly clockOffsetMs: number;
  /** Share of answers that are lost after the host has decided. */
  readonly lost: number;
  /** The client's wall clock is set by so much, at this time of the run. */
  readonly wallSet: { readonly atSeconds: number; readonly byMs: number } | null;
  /** Something else than the list that defers, before the list, and says so. */
  readonly trouble: Trouble | null;
  /** Each wait ends the process; another one takes the run up when it is due. */
  readonly resumed: boolean;
}

/** Defers at RCPT for a while, or by chance all the time. */
interface Trouble {
  readonly fromSeconds: number;
  readonly untilSeconds: number;
  readonly share: number;
  readonly words: Reply;
}

const troubles: fc.Arbitrary<Trouble> = fc
  .record({
    from: fc.oneof(fc.constant(0), byMagnitude(1, 2000)),
    lasts: byMagnitude(1, 2000),
    share: fc.oneof(fc.constant(1), evenly(0.02, 0.5)),
    words: fc.constantFrom<Reply>(
      { code: 450, enhanced: '4.3.2', text: ['Service currently unavailable'] },
      { code: 451, enhanced: '4.3.5', text: ['Server configuration problem'] },
      { code: 450, enhanced: '4.7.1', text: ['Error: too much mail from 192.0.2.25'] },
    ),
  })
  .map(({ from, lasts, share, words }) => ({
    fromSeconds: from,
    untilSeconds: share === 1 ? from + lasts : Number.POSITIVE_INFINITY,
    share,
    words,
  }));

export const worlds: fc.Arbitrary<WorldCase> = fc
  .record({
    seed: seeds,
    low: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 60 }) },
      // A slow line: the window can open in the middle of a session.
      { weight: 1, arbitrary: fc.integer({ min: 100, max: 500 }) },
    ),
    spread: fc.integer({ min: 1, max: 600 }),
    clockOffsetMs: fc.integer({ min: -86_400_000, max: 86_400_000 }),
    lost: fc.oneof(
      { weight: 9, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: evenly(0.005, 0.1) },
    ),
    wallSet: fc.record({
      atSeconds: evenly(1, 2000),
      byMs: fc.constantFrom(-3_600_000, -60_000, -700, 900, 45_000, 3_600_000),
    }),
    wallIsSet: onceIn(12),
    resumed: onceIn(8),
    trouble: troubles,
    isTroubled: onceIn(6),
  })
  .map(({ low, spread, wallSet, wallIsSet, resumed, trouble, isTroubled, ...world }) => ({
    ...world,
    latencyMs: { low, high: low + spread },
    // Across processes only the wall clock counts, so there it has to be right.
    wallSet: wallIsSet && !resumed ? wallSet : null,
    resumed,
    trouble: isTroubled ? trouble : null,
  }));
