import type { WorkerCounts } from '../../edges/bullmq/visit-worker.js';

const MINUTE_MS = 60_000;

/** Tells a line a minute. Gives what ends it. */
export function tellEachMinute(line: () => string, write: (line: string) => void): () => void {
  const timer = setInterval(() => write(line()), MINUTE_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** `1 survey; 3 connected; 120 visits made, 2 came too late, 0 refused`. */
export function workerLine({ surveys, connected, visits, missed, refused }: WorkerCounts): string {
  return (
    `${surveys} ${surveys === 1 ? 'survey' : 'surveys'}; ${connected} connected; ` +
    `${visits} visits made, ${missed} came too late, ${refused} refused`
  );
}
