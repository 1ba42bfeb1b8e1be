/**
 * One reading of both clocks of a process.
 *
 * The monotonic clock measures ages; the wall clock is for display and for ages
 * that span processes. Both in milliseconds.
 */
export interface ClockReading {
  /** Milliseconds of a clock that never goes back; its origin means nothing. */
  readonly monotonicMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly wallMs: number;
}

/**
 * A clock reading with the process that took it. Monotonic readings compare within one segment, and
 * with those of segments that have the same `clock`; a resumed run starts a new segment.
 */
export interface Stamp extends ClockReading {
  /** 0 for the process that started the run, 1 for the first that resumed it, ... */
  readonly segment: number;
  /**
   * How far the wall clock has moved apart from the monotonic ones since the run began, in
   * milliseconds, over all of its processes: the machine slept, or its clock was set. Absent where
   * that is nothing.
   */
  readonly apartMs?: number;
  /**
   * The first segment of the same boot, whose monotonic clock this one goes on with. Absent where that
   * is the segment itself.
   */
  readonly clock?: number;
  /**
   * The wall clock, in milliseconds, when it was last found to have been set back between two processes
   * without a monotonic clock in common: before that, an unknown time had passed. Absent where it never
   * was.
   */
  readonly timeLostAt?: number;
}

/** A closed interval of seconds: the truth lies between `low` and `high`, which can be Infinity. */
export interface SecondsInterval {
  readonly low: number;
  readonly high: number;
}

/** An edge of the acceptance window: after the one, by the other. Unknown bounds are null. */
export interface Edge {
  readonly afterSeconds: number | null;
  readonly bySeconds: number | null;
}
