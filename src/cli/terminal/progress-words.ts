import { assess } from '../../core/evidence/assess.js';
import { likelyDelay } from '../../core/plan/priors.js';
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

/** What was seen last, when the next connection comes, and the outlook. */
export function wordsForWait(
  purpose: string,
  secondsLeft: number,
  outlook: string,
  state: RunState,
): string {
  const next = `Connection ${state.sessions.length + 1} (${purpose}) in ${formatDuration(Math.ceil(secondsLeft))}.`;
  return [...telling(state).map(told), next, outlook].join(' ');
}

/** `Connection 2 (retry): retry: 450 4.2.0.`: what a connection that is over has shown. */
export function wordsForSession(purpose: string, state: RunState): string {
  const words = telling(state).map(told).join(' ');
  return `Connection ${state.sessions.length} (${purpose}): ${words === '' ? 'no answer.' : words}`;
}

/**
 * When the run ends: `Postgrey ships 5 min: probably done at 10:05, at the latest at 11:05.` Probably with the
 * first try behind the delay that is known; at the latest with the last try that is planned.
 */
export function outlookOf(state: RunState, nowWallMs: number): string {
  const { started, request } = state;
  const { retryAtSeconds, maxWaitSeconds, closingAgesSeconds } = request;
  const last = Math.max(retryAtSeconds?.at(-1) ?? maxWaitSeconds, ...closingAgesSeconds);
  const at = (seconds: number) => clockTime(started.wallMs + seconds * 1000, nowWallMs);
  const assessment = assess(state);
  const delay = likelyDelay(assessment);
  const tried =
    retryAtSeconds === null
      ? delay?.seconds
      : retryAtSeconds.find((age) => age >= (delay?.seconds ?? 0));
  const isOpen = assessment.pass === null && closingAgesSeconds.length === 0;
  const isAhead = tried !== undefined && started.wallMs + tried * 1000 > nowWallMs;
  if (delay === null || tried === undefined || tried >= last || !isOpen || !isAhead) {
    return `Done at ${at(last)} at the latest.`;
  }
  const who = delay.product === null ? 'The host states' : `${delay.product} ships`;
  return `${who} ${formatDuration(delay.seconds)}: probably done at ${at(tried)}, at the latest at ${at(last)}.`;
}

const MINUTE_MS = 60_000;

/** `10:05`, by the clock of this machine and at the next full minute; with its day where that is another. */
function clockTime(wallMs: number, nowWallMs: number): string {
  const [then, now] = [new Date(Math.ceil(wallMs / MINUTE_MS) * MINUTE_MS), new Date(nowWallMs)];
  const two = (number: number) => String(number).padStart(2, '0');
  const time = `${two(then.getHours())}:${two(then.getMinutes())}`;
  if (then.toDateString() === now.toDateString()) return time;
  return `${time} on ${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
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
