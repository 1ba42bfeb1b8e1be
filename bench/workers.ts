/*
 * A survey by three workers beside the same survey by one process, in one run: whether they find the same,
 * how late visits come, what a connection costs, and whether the mail hosts saw good manners. Then the
 * queue alone, without SMTP: visits a second at most, and bytes in the Redis for each visit that waits.
 *
 *   node --import=tsx bench/workers.ts [HOSTS]
 *
 * Needs /usr/bin/redis-server, which it starts on a free port of loopback.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { SurveyResultSchema } from '../src/contract/survey-result.js';
import { type SurveyRow, SurveyRowSchema } from '../src/contract/survey-row.js';
import { visitsHere } from '../src/core/manners/visits-here.js';
import { connectRedis } from '../src/edges/bullmq/connect.js';
import { QueueVisits } from '../src/edges/bullmq/queue-visits.js';
import { QUEUE_TIMING } from '../src/edges/bullmq/timing.js';
import { VisitWorker } from '../src/edges/bullmq/visit-worker.js';
import { systemClock } from '../src/edges/system/clock.js';
import type { Dialer } from '../src/model/ports/dialer.js';
import type { Visit, Visits } from '../src/model/ports/visits.js';
import { parseRedisUrl } from '../src/model/values/redis-url.js';
import { freePort } from '../test/real/support/free-port.js';
import { startLastingRedis } from '../test/real/support/redis.js';
import { truthOf } from './support/world-truth.js';

const hosts = Number(process.argv[2] ?? 3000);
const SOURCES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const TICKS_PER_SECOND = 100;
const QUEUED = 5000;
const AT_A_TIME = 500;
const SOURCE = '127.0.0.9';
const BENCH_SURVEY = '20261123T194500-bnch';
const WAITING = `greyprobe:survey:${BENCH_SURVEY}:queue:${SOURCE}:wait`;
const NOBODY: readonly string[] = [];
const program = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'greyprobe-bench-'));
const redisFolder = join(folder, 'redis');
mkdirSync(redisFolder);
const redis = await startLastingRedis(redisFolder, await freePort('127.0.0.1'));
const url = `redis://127.0.0.1:${redis.port}`;

const SeenSchema = v.object({
  connections: v.number(),
  mostAtATime: v.number(),
  leastGapMs: v.number(),
  mostConnections: v.number(),
  mostClients: v.number(),
});

try {
  const list = join(folder, 'list.txt');
  writeFileSync(list, Array.from({ length: hosts }, (_, n) => `user@d${n}.example\n`).join(''));
  const alone = await survey(list, 'alone', false);
  const workers = await survey(list, 'workers', true);
  const differing = alone.filter((row, n) => !isSame(row, workers[n]));
  print(`rows that say another thing by workers: ${differing.length}`, differing.length === 0);
  for (const row of differing.slice(0, 5)) print(JSON.stringify(row));
  await queueAlone();
} finally {
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Verdicts are the same; brackets, which depend on moments, all hold the truth. */
function isSame(one: SurveyRow, other: SurveyRow | undefined): boolean {
  return one.verdict === other?.verdict && isRight(one) && isRight(other);
}

function isRight({ domain, verdict, opensAfterSeconds, opensBySeconds }: SurveyRow): boolean {
  const truth = truthOf(Number(domain.slice(1, -'.example'.length)));
  if (typeof truth === 'string') return verdict === truth;
  // The host counts whole seconds.
  return (
    verdict === 'greylisted' &&
    (opensAfterSeconds ?? 0) <= truth + 1 &&
    opensBySeconds !== null &&
    opensBySeconds >= truth - 1
  );
}

async function survey(list: string, name: string, byWorkers: boolean): Promise<SurveyRow[]> {
  const world = spawn(
    process.execPath,
    ['--import=tsx', here('./support/mail-world.ts'), String(hosts), String(hosts)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const said = createInterface({ input: world.stdout })[Symbol.asyncIterator]();
  const { smtpPort, dnsPort } = v.parse(
    v.object({ smtpPort: v.number(), dnsPort: v.number() }),
    JSON.parse((await said.next()).value ?? ''),
  );
  const workers = byWorkers ? SOURCES.map((source) => worker(source, smtpPort)) : [];
  const rows = join(folder, `${name}.ndjson`);
  const results = join(folder, `${name}.json`);
  const beganMs = performance.now();
  const coordinator = greyprobe([
    ...['survey', list, '--from', 'p-{nonce}@sender.example', '--helo', 'client.sender.example'],
    ...['--resolver', `127.0.0.1:${dnsPort}`, '--port', String(smtpPort), '--tls', 'never'],
    ...['--max-wait', '2m', '--resolution', '5s', '--contact', 'probe@sender.example', '--quiet'],
    ...['--state-dir', join(folder, name), ...(byWorkers ? ['--redis', url] : [])],
    ...['--format', 'ndjson', '--output', rows, '--format', 'json', '--output', results],
  ]);
  const usedBy = [coordinator, ...workers].map((child) => cpuOf(child));
  const redisCpu = cpuOf({ pid: redis.pid });
  const exit = await ended(coordinator);
  const seconds = (performance.now() - beganMs) / 1000;
  const cpu = [...usedBy, redisCpu].map((used) => used());
  for (const one of workers) one.kill('SIGTERM');
  await Promise.all(workers.map((one) => ended(one)));
  world.stdin.end();
  const seen = v.parse(SeenSchema, JSON.parse((await said.next()).value ?? ''));
  const result = v.parse(SurveyResultSchema, JSON.parse(readFileSync(results, 'utf8')));
  const late = result.latenessMs;
  const each = (used = 0) => ((1000 * used) / seen.connections).toFixed(1);
  print(`${name}: exit ${exit}, ${seen.connections} visits in ${seconds.toFixed(1)} s`, exit === 0);
  print(
    `  late by ${late?.p50} ms (median), ${late?.p99} ms (99th percentile), ${late?.most} ms (worst)`,
  );
  const [survey, ...others] = cpu;
  const shared = others.slice(0, -1).reduce((sum, one) => sum + one, 0);
  print(
    byWorkers
      ? `  CPU a visit: coordinator ${each(survey)} ms, workers ${each(shared)} ms, Redis ${each(others.at(-1))} ms`
      : `  CPU a visit: ${each(survey)} ms`,
  );
  print(
    `  seen by the hosts: at most ${seen.mostAtATime} at a time, ${seen.leastGapMs} ms apart, ` +
      `${seen.mostConnections} to an address, from ${seen.mostClients} address each`,
    seen.mostAtATime === 1 &&
      seen.leastGapMs >= 1000 &&
      seen.mostConnections <= 30 &&
      seen.mostClients === 1,
  );
  return readFileSync(rows, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => v.parse(SurveyRowSchema, JSON.parse(line)))
    .toSorted((a, b) => (a.domain < b.domain ? -1 : 1));
}

/** Visits without SMTP: a session is open at once, and says nothing. */
async function queueAlone(): Promise<void> {
  const notes: string[] = [];
  const link = await connectRedis(parseRedisUrl(url));
  const visits = await QueueVisits.open(link, {
    survey: BENCH_SURVEY,
    clock: systemClock,
    timing: QUEUE_TIMING,
    optOut: () => NOBODY,
    past: [],
    onNote: (note) => notes.push(note),
  });
  const looking = await connectRedis(parseRedisUrl(url));
  const bytes = async () =>
    Number(/^used_memory:(\d+)/mu.exec(await looking.redis.info('memory'))?.[1]);

  const before = await bytes();
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const waiting = Array.from({ length: QUEUED }, (_, n) => visits.claim(visitTo(n), stop.signal));
  await until(async () => (await looking.redis.llen(WAITING)) === QUEUED);
  print(
    `queue: ${Math.round(((await bytes()) - before) / QUEUED)} bytes in the Redis a waiting visit`,
  );
  stop.abort();
  await Promise.all(waiting);
  await until(async () => (await looking.redis.llen(WAITING)) === 0);

  const silent = silentDialer();
  const worker = new VisitWorker(await connectRedis(parseRedisUrl(url)), {
    own: { sources: [SOURCE], allowPrivate: true, ports: [25], connectionsPerHour: 30 },
    dialer: silent,
    clock: systemClock,
    holdsAddress: async () => true,
    timing: QUEUE_TIMING,
    concurrency: AT_A_TIME,
    endWithinMs: 1000,
    onNote: (note) => notes.push(note),
  });
  const end = new AbortController();
  const working = worker.run(end.signal);
  await until(async () => worker.counts.surveys > 0);
  const here = await throughput(visitsHere(silent), QUEUED);
  const queued = await throughput(visits, QUEUED);
  print(`queue: ${Math.round(queued)} visits/s; in the process ${Math.round(here)} visits/s`);
  end.abort();
  await working;
  looking.close();
  await visits.close();
  for (const note of notes) print(note);
}

/** Visits a second, so many at a time, each to another host, with two transactions. */
async function throughput(visits: Visits, count: number): Promise<number> {
  const beganMs = performance.now();
  let next = QUEUED;
  const most = next + count;
  const one = async () => {
    while (next < most) {
      const visit = visitTo(next);
      next += 1;
      const claim = await visits.claim(visit);
      if (claim.kind !== 'go') throw new Error(`no right to connect: ${claim.kind}`);
      const { session } = await visits.result(visit);
      for (const _ of [1, 2]) {
        await session?.transact({
          sender: 'p@sender.example',
          recipient: 'user@example.org',
          stage: 'rcpt',
          message: null,
        });
      }
      await session?.quit();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
  return (1000 * count) / (performance.now() - beganMs);
}

function visitTo(n: number): Visit {
  return {
    run: '20261123T194500-qzkw',
    session: n + 1,
    request: {
      address: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
      port: 25,
      hostName: `mx.host${n}.example`,
      sourceAddress: SOURCE,
      helo: 'client.sender.example',
      tls: 'never',
      timeoutMs: 30_000,
    },
    limits: { connectionsPerHour: 30, secondsBetweenConnections: 1 },
    domain: `d${n}.example`,
  };
}

function silentDialer(): Dialer {
  const reply = { code: 250, enhanced: null, text: ['Ok'] };
  return {
    dial: async () => ({
      session: {
        facts: { banner: reply, greeting: reply, extensions: [], tls: null },
        open: true,
        unasked: null,
        transact: async () => {
          const at = systemClock.read();
          return { stage: 'rcpt', reply, failure: null, sent: at, replied: at };
        },
        quit: async () => {},
      },
      end: null,
    }),
  };
}

function worker(source: string, smtpPort: number): ChildProcess {
  return greyprobe([
    ...['worker', '--redis', url, '--source-ip', source, '--allow-private', '--quiet'],
    ...['--allow-port', String(smtpPort), '--state-dir', join(folder, `worker-${source}`)],
  ]);
}

function greyprobe(words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function print(text: string, holds?: boolean): void {
  const verdict = holds === undefined ? '' : holds ? ' holds' : ' DOES NOT HOLD';
  process.stdout.write(`${text}${verdict}\n`);
  if (holds === false) process.exitCode = 1;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.once('close', resolve);
  });
}

/** Seconds of CPU since now, as far as the system tells (proc(5)). */
function cpuOf({ pid }: { readonly pid?: number | undefined }): () => number {
  let ticks = 0;
  const read = () => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      ticks = Number(fields[11]) + Number(fields[12]);
    } catch {
      clearInterval(timer);
    }
  };
  const timer = setInterval(read, 200);
  timer.unref();
  read();
  const first = ticks;
  return () => (ticks - first) / TICKS_PER_SECOND;
}
