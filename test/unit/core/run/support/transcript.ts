import type { RunState } from '../../../../../src/core/run/state.js';

const MARKS = { accepted: 'o', deferred: 'x', rejected: '!', failed: '-' } as const;

/**
 * One line a connection: purpose, whole seconds since the start, and each attempt as role, tuple and
 * outcome (x deferred, o accepted, ! rejected, - failed).
 */
export function transcript(state: RunState): readonly string[] {
  return state.sessions.map((session) => {
    const seconds = (session.started.monotonicMs - state.started.monotonicMs) / 1000;
    const attempts = state.attempts
      .filter((one) => one.session === session.n)
      .map((one) => `${one.role} ${one.tuple.id} ${MARKS[one.end?.outcome ?? 'failed']}`);
    return `${session.purpose} at ${seconds.toFixed(0)}: ${attempts.join(', ')}`;
  });
}
