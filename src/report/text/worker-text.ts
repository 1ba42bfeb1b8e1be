import type { WorkerResult } from '../../contract/worker-result.js';

/** What a worker did, in a sentence. */
export function renderWorker({ ended, visits, missed, refused, sources }: WorkerResult): string {
  const why = ended === 'stopped' ? 'Stopped' : 'Ended, since no address is left';
  return (
    `${why}. From ${sources.join(', ')}: ${visits} visits made, ${missed} came too late, ` +
    `${refused} refused.`
  );
}
