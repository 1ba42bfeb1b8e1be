import type { Clock } from '../../model/ports/clock.js';
import type { ClockReading, Stamp } from '../../model/time.js';
import type { RunState } from './state.js';

/** Clocks are read one after the other, and the wall clock in whole milliseconds. */
const WORTH_A_WORD_MS = 20;

/** How the stamps of one process compare with those of others, whichever of its drivers makes them. */
type Order = Pick<Stamp, 'clock' | 'timeLostAt'>;

/** Stamps what happens in a run, so that moments of all of its processes compare. */
export class Stamps {
  readonly #clock: Clock;
  readonly #segment: number;
  /** How far the clocks had moved apart before this process, and where they stood when it began. */
  readonly #apartBeforeMs: number;
  #offsetAtFirstMs: number | null;
  readonly #order: Order;

  private constructor(
    clock: Clock,
    segment: number,
    order: Order,
    last: Stamp | null,
    sameClock: boolean,
  ) {
    this.#clock = clock;
    this.#segment = segment;
    this.#order = order;
    this.#apartBeforeMs = last?.apartMs ?? 0;
    this.#offsetAtFirstMs = sameClock && last !== null ? last.wallMs - last.monotonicMs : null;
  }

  /** Of a new process; `state` is null where the run begins with it. */
  static after(clock: Clock, state: RunState | null): Stamps {
    if (state === null) return new Stamps(clock, 0, {}, null, false);
    const { boot, lastAt, segment } = state;
    const sameBoot = boot !== null && boot === clock.boot;
    const order = sameBoot
      ? orderOf({ clock: lastAt.clock ?? lastAt.segment, timeLostAt: lastAt.timeLostAt })
      : orderAcrossBoots(lastAt, clock.read().wallMs);
    return new Stamps(clock, segment + 1, order, lastAt, sameBoot);
  }

  /** Of the process that made the last one. */
  static goingOn(clock: Clock, { segment, lastAt }: RunState): Stamps {
    return new Stamps(clock, segment, orderOf(lastAt), lastAt, true);
  }

  at(reading: ClockReading = this.#clock.read()): Stamp {
    const { monotonicMs, wallMs } = reading;
    const offsetMs = wallMs - monotonicMs;
    this.#offsetAtFirstMs ??= offsetMs;
    const apartMs = Math.round(this.#apartBeforeMs + offsetMs - this.#offsetAtFirstMs);
    const stamp = { segment: this.#segment, monotonicMs, wallMs, ...this.#order };
    return Math.abs(apartMs) < WORTH_A_WORD_MS ? stamp : { ...stamp, apartMs };
  }
}

/** Where the wall clock was set back meanwhile, an unknown time has passed. */
function orderAcrossBoots(last: Stamp, wallMs: number): Order {
  return orderOf({ timeLostAt: wallMs < last.wallMs ? wallMs : last.timeLostAt });
}

function orderOf({
  clock,
  timeLostAt,
}: { readonly [Key in keyof Order]: Order[Key] | undefined }): Order {
  return {
    ...(clock === undefined ? {} : { clock }),
    ...(timeLostAt === undefined ? {} : { timeLostAt }),
  };
}
