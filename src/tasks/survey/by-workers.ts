import { createHash } from 'node:crypto';
import { connectRedis } from '../../edges/bullmq/connect.js';
import type { PastContact } from '../../edges/bullmq/coordinator.js';
import { QueueVisits } from '../../edges/bullmq/queue-visits.js';
import { QUEUE_TIMING, type QueueTiming } from '../../edges/bullmq/timing.js';
import type { Clock } from '../../model/ports/clock.js';
import type { Visits } from '../../model/ports/visits.js';
import type { RedisUrl } from '../../model/values/redis-url.js';
import type { KeptSurvey } from './kept-survey.js';
import type { OptOut } from './opt-out.js';

/** Visits that workers make, each from the address that a run began with. */
export interface VisitsByWorkers {
  readonly visits: Visits;
  /** The one address for runs at a place; waits until it has a worker. None where it was stopped first. */
  readonly sourcesFor: (place: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export interface ByWorkersOptions {
  readonly clock: Clock;
  readonly optOut: OptOut;
  readonly onNote: (note: string) => void;
  readonly timing?: QueueTiming | undefined;
}

const LOOK_EVERY_MS = 500;

/** Coordinates a survey over a Redis. Throws what connecting to it throws. */
export async function visitsByWorkers(
  url: RedisUrl,
  kept: Pick<KeptSurvey, 'survey' | 'settings' | 'runs'>,
  { clock, optOut, onNote, timing = QUEUE_TIMING }: ByWorkersOptions,
): Promise<VisitsByWorkers> {
  const link = await connectRedis(url, onNote);
  const visits = await QueueVisits.open(link, {
    survey: kept.survey,
    clock,
    timing,
    optOut: () => optOut.marks(clock.read().monotonicMs),
    past: pastContacts(kept),
    onNote,
  }).catch((error: unknown) => {
    link.close();
    throw error;
  });
  const wanted = kept.settings.request.sourceAddresses;
  const usable = () =>
    visits.sources.filter((source) => wanted.length === 0 || wanted.includes(source));
  let hasSaid = false;
  return {
    visits,
    sourcesFor: async (place, signal) => {
      while (!signal.aborted) {
        const source = sourceOf(place, usable());
        if (source !== null) return [source];
        if (!hasSaid) onNote(waitingNote(wanted));
        hasSaid = true;
        const { monotonicMs } = clock.read();
        await clock.sleepUntil(monotonicMs + LOOK_EVERY_MS, signal).catch(() => {});
      }
      return [];
    },
    close: () => visits.close(),
  };
}

function waitingNote(wanted: readonly string[]): string {
  const from = wanted.length === 0 ? '<address>' : wanted.join(',');
  return `Waiting for a worker. Where the address is: greyprobe worker --redis ... --source-ip ${from}`;
}

/** Spreads places evenly over addresses, and always alike. */
function sourceOf(place: string, sources: readonly string[]): string | null {
  if (sources.length === 0) return null;
  const hash = createHash('sha256').update(place).digest().readUInt32BE(0);
  return sources[hash % sources.length] ?? null;
}

/** Connections that other processes of this survey made, and hosts that asked them to stop. */
function pastContacts({ runs }: Pick<KeptSurvey, 'runs'>): readonly PastContact[] {
  return runs.flatMap(({ run, fold: { state } }) => {
    if (state === null) return [];
    const begun = state.sessions.map(({ n, host, started }) => ({
      name: `${run}.${n}`,
      whom: { ...host, name: host.name === host.address ? null : host.name },
      wallMs: started.wallMs,
      what: 'begin' as const,
    }));
    const last = begun.at(-1);
    const { finished } = state;
    const wasStopped = finished?.reason === 'throttled' && finished.notAsked === undefined;
    if (!wasStopped || last === undefined) return begun;
    return [...begun, { ...last, wallMs: finished.at.wallMs, what: 'stop' as const }];
  });
}
