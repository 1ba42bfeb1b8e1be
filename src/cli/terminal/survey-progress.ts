import { formatDuration } from '../../model/values/duration.js';
import type { SurveyProgress } from '../../tasks/survey/run-survey.js';

const ON_TERMINAL_MS = 500;
const ELSEWHERE_MS = 60_000;

/**
 * Tells on stderr how far a survey is: a line that is written over on a terminal, and a line a minute
 * elsewhere. Gives what ends it.
 */
export function tellSurveyProgress(read: () => SurveyProgress): () => void {
  const { stderr } = process;
  const isTerminal = stderr.isTTY === true && stderr.columns > 0;
  const beganMs = performance.now();
  const tell = () => {
    const words = progressLine(read(), performance.now() - beganMs);
    stderr.write(
      isTerminal ? `\r\u001b[2K${words.slice(0, Math.max(20, stderr.columns - 1))}` : `${words}\n`,
    );
  };
  const timer = setInterval(tell, isTerminal ? ON_TERMINAL_MS : ELSEWHERE_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (isTerminal) stderr.write('\r\u001b[2K');
  };
}

/**
 * `120 of 2000 targets, 80 of 300 hosts done; 7 connected, 40 waiting, next in 3 s; can last until 14:32 UTC;
 * 92 sessions/s; 0 asked to stop`
 */
export function progressLine(
  {
    now: { monotonicMs, wallMs },
    targets,
    done,
    hosts,
    hostsDone,
    waiting,
    inFlight,
    nextDueMs,
    lastsUntilMs,
    sessions,
    stops,
  }: SurveyProgress,
  tookMs: number,
): string {
  const next =
    nextDueMs === null || !Number.isFinite(nextDueMs)
      ? ''
      : `, next in ${formatDuration(Math.max(0, Math.ceil((nextDueMs - monotonicMs) / 1000)))}`;
  const until = new Date(wallMs + lastsUntilMs - monotonicMs).toISOString();
  const day = until.slice(0, 10) === new Date(wallMs).toISOString().slice(0, 10) ? 11 : 0;
  const rate = Math.round(sessions / Math.max(1, tookMs / 1000));
  return (
    `${done} of ${targets} targets, ${hostsDone} of ${hosts} hosts done; ${inFlight} connected, ` +
    `${waiting} waiting${next}; can last until ${until.slice(day, 16).replace('T', ' ')} UTC; ${rate} sessions/s; ${stops} asked to stop`
  );
}
