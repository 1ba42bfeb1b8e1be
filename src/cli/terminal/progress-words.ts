import type { ProbeEvent } from '../../core/run/events.js';
import type { Attempt, RunState } from '../../core/run/state.js';
import { formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';

/** What an event means to somebody who watches; null for those that change nothing to see. */
export function wordsForEvent(event: ProbeEvent, state: RunState): string | null {
  switch (event.type) {
    case 'run-started':
      return `Looking up the mail hosts of ${escapeControl(state.request.domain)}`;
    case 'session-started':
      return `Connecting to ${escapeControl(event.host.name)} (${event.purpose})`;
    case 'attempt-finished': {
      const attempt = state.attempts[event.n - 1];
      return attempt === undefined ? null : told(attempt);
    }
    default:
      return null;
  }
}

/** What was seen last, when the next connection comes, and how long it can last at most. */
export function wordsForWait(purpose: string, secondsLeft: number, state: RunState): string {
  const { retryAtSeconds, maxWaitSeconds, closingAgesSeconds } = state.request;
  const last = Math.max(retryAtSeconds?.at(-1) ?? maxWaitSeconds, ...closingAgesSeconds);
  const next = `Connection ${state.sessions.length + 1} (${purpose}) in ${formatDuration(Math.ceil(secondsLeft))}`;
  return [
    ...telling(state).map(told),
    `${next}; the last retry comes after ${formatDuration(last)}.`,
  ].join(' ');
}

/** The attempt that says most of the last connection: a sender with an age before one without. */
function telling({ attempts, sessions }: RunState): readonly Attempt[] {
  const session = sessions.at(-1)?.n;
  const recent = attempts.filter((one) => one.session === session && one.end !== null);
  const found =
    recent.findLast((one) => one.role === 'retry') ??
    recent.findLast((one) => one.role === 'confirm') ??
    recent[0];
  return found === undefined ? [] : [found];
}

function told({ role, end }: Attempt): string {
  const { reply = null, failure = null } = end ?? {};
  const answer =
    reply === null
      ? (failure?.code ?? 'failed')
      : [reply.code, reply.enhanced].filter(Boolean).join(' ');
  return escapeControl(`${role}: ${answer}.`);
}
