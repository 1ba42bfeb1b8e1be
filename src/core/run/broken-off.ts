import type { RunState, SessionRecord } from './state.js';

/**
 * True for a session that ended on our side before the host could answer: its process was killed, or
 * told to stop. That says nothing about the host.
 */
export function wasBrokenOff(state: RunState, session: SessionRecord): boolean {
  if (session.ended === null) return session.started.segment < state.segment;
  const tried = state.attempts.filter((one) => one.session === session.n);
  if (tried.length === 0) return session.facts !== null && endedItsProcess(state, session);
  return tried.some((one) => one.end?.failure?.code === 'interrupted');
}

/** True for the last session of a process before this one: what was left to do there may be undone. */
export function endedItsProcess(state: RunState, session: SessionRecord): boolean {
  const { segment } = session.started;
  const next = state.sessions[session.n];
  return segment < state.segment && next?.started.segment !== segment;
}
