import type { Warning } from '../../model/mail-host.js';
import type { Stamp } from '../../model/time.js';
import type { RunState } from '../run/state.js';
import { clocksDisagree } from '../window/elapsed.js';

/** Wall clocks are set by a second or two now and then; that is no news. */
const WORTH_TELLING_MS = 2000;

/**
 * Tells of a machine that slept, or whose clock was set, while a process drove the run: there its
 * wall and its monotonic clock moved apart. Pure.
 */
export function clockJumpWarnings(state: RunState): readonly Warning[] {
  const stamps = stampsOf(state);
  const jumps = stamps.flatMap((to, index) => {
    const from = stamps[index - 1];
    if (from === undefined || !clocksDisagree(from, to)) return [];
    const ms = Math.abs(to.wallMs - from.wallMs - (to.monotonicMs - from.monotonicMs));
    return ms < WORTH_TELLING_MS ? [] : [{ from, to, ms }];
  });
  const [first] = jumps;
  const last = jumps.at(-1);
  if (first === undefined || last === undefined) return [];
  const apartMs = jumps.reduce((sum, { ms }) => sum + ms, 0);
  return [
    {
      code: 'clocks-moved-apart',
      message:
        `Between ${timeText(first.from)} and ${timeText(last.to)} the clocks of this machine moved apart ` +
        `by ${Math.round(apartMs / 1000)} s: it slept, or its clock was set. Ages over that time ` +
        'span both readings. Measure again on a machine that stays awake for a narrower window.',
    },
  ];
}

/**
 * Tells of a wall clock that shows less than the run's last event. Ages across a restart rest on it,
 * unless the machine is still in the same `boot`.
 */
export function clockWentBackWarnings(
  state: RunState,
  nowWallMs: number,
  boot: string | null = null,
): readonly Warning[] {
  const backMs = state.lastAt.wallMs - nowWallMs;
  if (backMs < WORTH_TELLING_MS) return [];
  return [
    {
      code: 'clock-went-back',
      message:
        `The clock shows a time ${Math.round(backMs / 1000)} s before the last event of the run ` +
        `(${timeText(state.lastAt)}). ${
          boot !== null && boot === state.boot
            ? 'Ages that span this restart go by the time since the machine was started.'
            : 'How old a sender from before this restart is now is not known, and no window can rest on it: begin a new run.'
        }`,
    },
  ];
}

function timeText(stamp: Stamp): string {
  return new Date(stamp.wallMs).toISOString();
}

function stampsOf(state: RunState): readonly Stamp[] {
  const stamps = [state.started, state.lastAt];
  for (const session of state.sessions) {
    stamps.push(session.started);
    if (session.ended !== null) stamps.push(session.ended);
  }
  for (const { started, end } of state.attempts) {
    stamps.push(started);
    if (end !== null) stamps.push(end.sent, end.replied);
  }
  return stamps.sort((a, b) => a.segment - b.segment || a.monotonicMs - b.monotonicMs);
}
