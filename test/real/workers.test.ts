import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as v from 'valibot';
import { truthOf } from '../../bench/support/world-truth.js';
import { type SurveyRow, SurveyRowSchema } from '../../src/contract/survey-row.js';
import type { SegmentLine } from '../../src/core/survey/events.js';
import { QUEUE_TIMING, type QueueTiming } from '../../src/edges/bullmq/timing.js';
import { streamSegment } from '../../src/edges/journal/segment.js';
import { freePort } from './support/free-port.js';
import { type Redis, startLastingRedis } from './support/redis.js';

/*
 * A survey by three workers, whose processes and Redis are killed all the time; one worker's clock is
 * ahead, another's behind. What happened is counted by the mail hosts. GREYPROBE_CHAOS=large: for a
 * quarter of an hour, with the times of the queue as they are outside tests.
 */

interface Size {
  readonly hosts: number;
  readonly hostsPerSecond: number;
  readonly workerKills: number;
  readonly coordinatorKills: number;
  readonly redisKills: number;
  readonly blocks: number;
  readonly everyMs: number;
  readonly timing: QueueTiming;
}

const SMALL: Size = {
  hosts: 30,
  hostsPerSecond: 2,
  workerKills: 4,
  coordinatorKills: 2,
  redisKills: 1,
  blocks: 1,
  everyMs: 3000,
  timing: { leaseMs: 16_000, renewMs: 1000, giveUpMs: 6000, silentMs: 4000, lateMs: 8000 },
};
const LARGE: Size = {
  hosts: 300,
  hostsPerSecond: 1,
  workerKills: 30,
  coordinatorKills: 10,
  redisKills: 3,
  blocks: 2,
  everyMs: 6000,
  timing: QUEUE_TIMING,
};
const size = process.env['GREYPROBE_CHAOS'] === 'large' ? LARGE : SMALL;
const BLOCK_MS = 10_000;
const LONGEST_MS = 20 * 60_000;
/** Each with what its clock shows: right, ahead, behind. */
const SOURCES = [
  ['127.0.0.2', null],
  ['127.0.0.3', '+15s'],
  ['127.0.0.4', '-15s'],
] as const;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const ConnectionSchema = v.object({
  saw: v.literal('connection'),
  address: v.string(),
  client: v.string(),
  began: v.number(),
  ended: v.number(),
});
const RecipientSchema = v.object({
  saw: v.literal('recipient'),
  address: v.string(),
  sender: v.string(),
});
const SeenSchema = v.variant('saw', [ConnectionSchema, RecipientSchema]);

describe('a survey by workers', function () {
  this.timeout(LONGEST_MS);
  let folder: string;
  let redis: Redis | null = null;
  const children = new Set<ChildProcess>();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'greyprobe-workers-'));
  });

  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(script: string, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, ['--import=tsx', here(script), ...words], {
      stdio: ['pipe', 'pipe', process.env['GREYPROBE_CHAOS'] === undefined ? 'ignore' : 'inherit'],
      env: { ...process.env, ...env },
    });
    children.add(child);
    const ended = new Promise<number | null>((resolve) => {
      child.once('close', (code) => {
        children.delete(child);
        resolve(code);
      });
    });
    return { child, ended, said: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  }

  it(`begins no visit twice and breaks no manners, killed ${size.workerKills + size.coordinatorKills + size.redisKills} times`, async () => {
    const redisPort = await freePort('127.0.0.1');
    const redisFolder = join(folder, 'redis');
    mkdirSync(redisFolder);
    redis = await startLastingRedis(redisFolder, redisPort);
    const seenFile = join(folder, 'seen.ndjson');
    const words = [String(size.hosts), String(size.hosts), seenFile];
    const world = start('../../bench/support/mail-world.ts', words);
    const { smtpPort, dnsPort } = v.parse(
      v.object({ smtpPort: v.number(), dnsPort: v.number() }),
      JSON.parse((await world.said.next()).value ?? ''),
    );
    const common = { redis: `redis://127.0.0.1:${redisPort}`, timing: size.timing, smtpPort };

    const startWorker = (n: number) => {
      const [source, clock] = SOURCES[n] ?? SOURCES[0];
      const stateDir = join(folder, `worker-${n}`);
      const asked = { as: 'worker', ...common, stateDir, source, blockMs: BLOCK_MS };
      const env = clock === null ? {} : fakeClock(clock);
      return start('./support/survey-process.ts', [JSON.stringify(asked)], env);
    };
    let coordinators = 0;
    const startCoordinator = () => {
      coordinators += 1;
      return start('./support/survey-process.ts', [
        JSON.stringify({
          as: 'coordinator',
          ...common,
          stateDir: join(folder, 'state'),
          resolver: `127.0.0.1:${dnsPort}`,
          recipients: Array.from({ length: size.hosts }, (_, n) => `user@d${n}.example`),
          hostsPerSecond: size.hostsPerSecond,
          rows: join(folder, `rows-${coordinators}.ndjson`),
        }),
      ]);
    };

    const workers = SOURCES.map((_, n) => startWorker(n));
    let coordinator = startCoordinator();
    const kills = schedule();
    for (const [index, kill] of kills.entries()) {
      await Promise.race([delay(size.everyMs), coordinator.ended]);
      const n = index % workers.length;
      const worker = workers[n];
      if (worker === undefined) throw new Error('no worker');
      switch (kill) {
        case 'worker':
          worker.child.kill('SIGKILL');
          await worker.ended;
          workers[n] = startWorker(n);
          break;
        case 'coordinator':
          coordinator.child.kill('SIGKILL');
          await coordinator.ended;
          coordinator = startCoordinator();
          break;
        case 'redis':
          process.kill(redis.pid, 'SIGKILL');
          await redis.stop();
          redis = await startLastingRedis(redisFolder, redisPort);
          break;
        case 'block':
          worker.child.kill('SIGUSR2');
          break;
      }
    }
    expect(await coordinator.ended, 'the coordinator ends by itself').to.equal(0);
    for (const { child } of workers) child.kill('SIGTERM');
    expect(await Promise.all(workers.map(({ ended }) => ended))).to.deep.equal([0, 0, 0]);
    world.child.stdin.end();
    await world.ended;

    const rows = linesOf(join(folder, `rows-${coordinators}.ndjson`), SurveyRowSchema);
    const seen = linesOf(seenFile, SeenSchema);
    judgeManners(seen);
    judgeOnce(seen, journalIn(join(folder, 'state', 'surveys')));
    const unsure = judgeRows(rows);
    if (size === LARGE)
      process.stdout.write(`      ${seen.length} lines seen, ${unsure} rows unsure\n`);
  });

  /** One connection at a time to an address, a second apart, all from one client. */
  function judgeManners(seen: readonly v.InferOutput<typeof SeenSchema>[]): void {
    const byAddress = new Map<string, v.InferOutput<typeof ConnectionSchema>[]>();
    for (const one of seen) {
      if (one.saw !== 'connection') continue;
      byAddress.set(one.address, [...(byAddress.get(one.address) ?? []), one]);
    }
    expect(byAddress.size).to.equal(size.hosts);
    for (const [address, connections] of byAddress) {
      const inOrder = connections.toSorted((one, other) => one.began - other.began);
      for (const [index, one] of inOrder.entries()) {
        const before = inOrder[index - 1];
        if (before === undefined) continue;
        expect(one.began - before.ended, `pause at ${address}`).to.be.at.least(999);
      }
      expect(new Set(connections.map(({ client }) => client)).size, address).to.equal(1);
      expect(connections.length, address).to.be.at.most(30);
    }
  }

  /** The hosts saw no more than the journal has: nothing that was begun once was begun again. */
  function judgeOnce(
    seen: readonly v.InferOutput<typeof SeenSchema>[],
    journal: readonly SegmentLine[],
  ): void {
    const begun = new Map<string, number>();
    const count = (key: string, by: number) => begun.set(key, (begun.get(key) ?? 0) + by);
    const hosts = new Map<string, string>();
    for (const line of journal) {
      if (!('event' in line)) continue;
      const { run, event } = line;
      if (event.type === 'session-started') {
        hosts.set(run, event.host.address);
        count(event.host.address, 1);
      }
      if (event.type === 'attempt-started') count(`${hosts.get(run)} ${event.tuple.sender}`, 1);
    }
    for (const one of seen) {
      count(one.saw === 'connection' ? one.address : `${one.address} ${one.sender}`, -1);
    }
    const more = [...begun].filter(([, left]) => left < 0);
    expect(more, 'begun more often than the journal says').to.deep.equal([]);
  }

  /** Every host has a row, and every bracket holds the truth. Gives how many have no answer. */
  function judgeRows(rows: readonly SurveyRow[]): number {
    expect(rows).to.have.length(size.hosts);
    let unsure = 0;
    for (const row of rows) {
      const truth = truthOf(Number(row.domain.slice(1, -'.example'.length)));
      const { verdict, opensAfterSeconds, opensBySeconds } = row;
      if (typeof truth === 'string') {
        expect(verdict, row.domain).to.equal(truth);
        continue;
      }
      // The host counts whole seconds.
      expect(opensAfterSeconds ?? 0, row.domain).to.be.at.most(truth + 1);
      expect(opensBySeconds ?? truth, row.domain).to.be.at.least(truth - 1);
      if (verdict !== 'greylisted' || opensBySeconds === null) unsure += 1;
    }
    return unsure;
  }
});

/** All that is done to it, evenly mixed. */
function schedule(): readonly ('worker' | 'coordinator' | 'redis' | 'block')[] {
  const kinds = [
    ['worker', size.workerKills],
    ['coordinator', size.coordinatorKills],
    ['redis', size.redisKills],
    ['block', size.blocks],
  ] as const;
  return kinds
    .flatMap(([kind, times]) =>
      Array.from({ length: times }, (_, n) => ({ kind, at: (n + 0.5) / times })),
    )
    .toSorted((one, other) => one.at - other.at)
    .map(({ kind }) => kind);
}

/** Makes a process see another time of day; its monotonic clock goes on as it does. */
function fakeClock(offset: string): NodeJS.ProcessEnv {
  const library = readdirSync('/usr/lib')
    .map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`)
    .find((path) => existsSync(path));
  if (library === undefined) throw new Error('libfaketime is not installed; use test/real/run.sh');
  return { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

function linesOf<const T extends v.GenericSchema>(path: string, schema: T): v.InferOutput<T>[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => v.parse(schema, JSON.parse(line)));
}

function journalIn(folder: string): readonly SegmentLine[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const paths = names.filter((name) => name.endsWith('.jsonl')).map((name) => join(folder, name));
  expect(paths, 'one survey, gone on with').to.have.length(1);
  return paths.flatMap((path) => [...streamSegment(path)]);
}
