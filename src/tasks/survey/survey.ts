import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SurveyResult } from '../../contract/survey-result.js';
import { SurveyTally } from '../../contract/survey-result.js';
import type { SurveyRow } from '../../contract/survey-row.js';
import { sendersNamed } from '../../core/advice/senders.js';
import { hostKey } from '../../core/manners/ledger.js';
import type { ProbePorts } from '../../core/run/ports.js';
import type { SurveySettings, SurveyTarget } from '../../core/survey/events.js';
import type { QueueTiming } from '../../edges/bullmq/timing.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPortsForMany } from '../../edges/real-ports.js';
import { systemClock } from '../../edges/system/clock.js';
import { roomFor } from '../../edges/system/open-files.js';
import { Scratch } from '../../edges/system/scratch.js';
import { keepHeapSmall } from '../../edges/system/small-heap.js';
import { usageError } from '../../model/errors.js';
import type { Whom } from '../../model/ports/dialer.js';
import { escapeControl } from '../../model/values/escape.js';
import type { RedisUrl } from '../../model/values/redis-url.js';
import { dryRun } from '../dry-run.js';
import { type VisitsByWorkers, visitsByWorkers } from './by-workers.js';
import {
  findSurvey,
  type KeptSurvey,
  openSurvey,
  resumeSurvey,
  surveysFolder,
} from './kept-survey.js';
import { OptOut } from './opt-out.js';
import { Survey, type SurveyProgress } from './run-survey.js';

/** Above so many mail hosts somebody must be able to complain. */
const MOST_WITHOUT_CONTACT = 50;

export interface SurveyOptions {
  readonly version: string;
  /** As given with `--state-dir`; null: the user's own. */
  readonly stateDir: string | null;
  /** Visits under way at a time; null: as many as this process may open files for. */
  readonly concurrency: number | null;
  readonly hostsPerSecond: number;
  /** Where the queue of a survey by workers is; null where it was not given. */
  readonly redis: RedisUrl | null;
  /** Of that queue; absent: the usual. */
  readonly timing?: QueueTiming;
  /** Told what the user must know while it runs. */
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
  /** Before the first connection: where the rows of this survey go. */
  readonly onStart?: (kept: Pick<KeptSurvey, 'survey' | 'settings' | 'runs'>) => void;
  readonly onRow: (row: SurveyRow) => void;
  /** Called once; what it gives tells how far the survey is, whenever it is asked. */
  readonly onProgress?: (progress: () => SurveyProgress) => void;
}

/**
 * Surveys the targets over the network, or goes on with the survey of the same list that has not ended.
 * Throws usage errors before the first connection.
 */
export async function surveyTargets(
  settings: SurveySettings,
  targets: readonly SurveyTarget[],
  options: SurveyOptions,
): Promise<SurveyResult> {
  const runsFolder = systemRunsFolder(options.stateDir);
  const ports = realPortsForMany(settings.resolver, runsFolder);
  if (settings.contact === null) await demandContact(settings, targets, ports, options.signal);
  const kept = await openSurvey(surveysFolder(runsFolder), {
    settings,
    targets,
    version: options.version,
    nowWallMs: ports.clock.read().wallMs,
    random: ports.random,
  });
  return drive(kept, runsFolder, ports, options);
}

/** Goes on with a survey that is kept, by its id or its word. */
export async function resumeSurveyNamed(
  wanted: string,
  options: SurveyOptions,
): Promise<SurveyResult> {
  const runsFolder = systemRunsFolder(options.stateDir);
  const stored = findSurvey(surveysFolder(runsFolder), wanted);
  if (stored === undefined) {
    throw usageError('unknown-run', `There is no survey "${escapeControl(wanted)}".`);
  }
  const kept = await resumeSurvey(stored, systemClock.read().wallMs);
  const ports = realPortsForMany(kept.settings.resolver, runsFolder);
  return drive(kept, runsFolder, ports, options);
}

async function drive(
  kept: KeptSurvey,
  runsFolder: string,
  ports: ProbePorts,
  options: SurveyOptions,
): Promise<SurveyResult> {
  let workers: VisitsByWorkers | null = null;
  keepHeapSmall();
  try {
    const { settings } = kept;
    const startedAt = timestamp(ports);
    const tally = new SurveyTally();
    const optOut = new OptOut(settings.optOut ?? usualOptOut(runsFolder));
    if (settings.byWorkers === true) workers = await workersOf(kept, ports, optOut, options);
    options.onStart?.(kept);
    const usual = workers === null ? fittingConcurrency() : MOST_AT_A_TIME;
    const survey = new Survey(kept, {
      ports: workers === null ? ports : { ...ports, visits: workers.visits },
      ...(workers === null ? {} : { sourcesFor: workers.sourcesFor }),
      optOut,
      scratch: new Scratch(surveysFolder(runsFolder)),
      concurrency: options.concurrency ?? usual,
      hostsPerSecond: options.hostsPerSecond,
      longestRunSeconds: (await dryRun(settings.request)).atMost.seconds,
      signal: options.signal,
      onRow: (row) => {
        tally.add(row);
        options.onRow(row);
      },
    });
    options.onProgress?.(() => survey.progress);
    const ended = await survey.run();
    const { targets, hosts, stops, latenessMs } = survey.progress;
    const { done, connections, ...found } = tally.result(sendersNamed(settings.senders));
    return {
      schema: 'greyprobe.survey-result.v1',
      survey: kept.survey,
      version: options.version,
      startedAt,
      finishedAt: timestamp(ports),
      ended,
      contact: settings.contact,
      counts: { targets, done, hosts, connections, stops },
      ...found,
      latenessMs: quantiles(latenessMs),
    };
  } finally {
    await workers?.close();
    kept.close();
  }
}

async function workersOf(
  kept: KeptSurvey,
  { clock }: ProbePorts,
  optOut: OptOut,
  { redis, timing, onNote = () => {} }: SurveyOptions,
): Promise<VisitsByWorkers> {
  if (redis === null) {
    throw usageError(
      'redis-needed',
      `The visits of the survey ${kept.survey} are made by workers, and no Redis is given.`,
      'Give the one that it was begun with: --redis <url>, or set GREYPROBE_REDIS_URL.',
    );
  }
  return visitsByWorkers(redis, kept, { clock, optOut, onNote, timing });
}

function timestamp({ clock }: ProbePorts): string {
  return new Date(clock.read().wallMs).toISOString();
}

function quantiles(values: readonly number[]): SurveyResult['latenessMs'] {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}

/** The list that is looked at where none is named. */
function usualOptOut(runsFolder: string): string | null {
  const path = join(dirname(runsFolder), 'opt-out.txt');
  return existsSync(path) ? path : null;
}

const MOST_AT_A_TIME = 500;

/** A connection takes a file descriptor, and another while its name is looked up. */
function fittingConcurrency(): number {
  return Math.min(MOST_AT_A_TIME, roomFor(2));
}

/** Mail hosts of the targets by their keys, looked up without a connection. */
export async function hostsOf(
  { request }: SurveySettings,
  targets: readonly SurveyTarget[],
  ports: ProbePorts,
  signal: AbortSignal | undefined,
  enough = Number.POSITIVE_INFINITY,
): Promise<ReadonlyMap<string, Whom>> {
  const hosts = new Map<string, Whom>();
  // Each look-up listens; Node.js would call more than ten of them a leak, on stderr.
  if (signal !== undefined) setMaxListeners(0, signal);
  const queue = targets.values();
  const next = async () => {
    for (const { recipient, domain } of queue) {
      if (hosts.size > enough || signal?.aborted === true) return;
      const located = await ports.locate({ ...request, recipient, domain }, signal);
      if (located.kind !== 'hosts') continue;
      const first = located.hosts.find(({ addresses }) => addresses.length > 0);
      const [address] = first?.addresses ?? [];
      if (first === undefined || address === undefined) continue;
      const whom = { address, port: request.port, name: first.name };
      hosts.set(hostKey(whom), whom);
    }
  };
  await Promise.all(Array.from({ length: LOOK_UPS }, next));
  return hosts;
}

const LOOK_UPS = 64;

async function demandContact(
  settings: SurveySettings,
  targets: readonly SurveyTarget[],
  ports: ProbePorts,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (targets.length <= MOST_WITHOUT_CONTACT) return;
  const hosts = await hostsOf(settings, targets, ports, signal, MOST_WITHOUT_CONTACT);
  if (hosts.size <= MOST_WITHOUT_CONTACT) return;
  throw usageError(
    'contact-needed',
    `The list leads to more than ${MOST_WITHOUT_CONTACT} mail hosts: whoever runs one must be able to ask who you are.`,
    'Give --contact with an address or a page, and name the same one where hosts look: in the domain of --from and in the PTR name of this machine.',
    'See what must agree with: greyprobe doctor --from ... --helo ...',
  );
}
