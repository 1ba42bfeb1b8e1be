/*
 * A survey of many mail hosts on loopback: whether every verdict is right and every window holds the
 * truth, how long it takes beside the longest single probe, memory, and how late retries come. The world
 * runs in a process beside it and takes its part of the machine.
 *
 * Several processes share one state folder, each with a part of the domains of every host.
 *
 *   node --import=tsx bench/survey.ts [DOMAINS [HOSTS [PROCESSES]]]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { SurveyResultSchema } from '../src/contract/survey-result.js';
import { type SurveyRow, SurveyRowSchema } from '../src/contract/survey-row.js';
import { truthOf } from './support/world-truth.js';

const LONGEST_MB = 300;
const LATEST_MS = 250;
const TICKS_PER_SECOND = 100;
const domains = Number(process.argv[2] ?? 2000);
const hosts = Number(process.argv[3] ?? domains);
const processes = Number(process.argv[4] ?? 1);
const program = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'greyprobe-bench-'));

const world = spawn(
  process.execPath,
  [
    '--import=tsx',
    fileURLToPath(new URL('./support/mail-world.ts', import.meta.url)),
    String(domains),
    String(hosts),
  ],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
const said = createInterface({ input: world.stdout })[Symbol.asyncIterator]();
try {
  const { smtpPort, dnsPort } = v.parse(
    v.object({ smtpPort: v.number(), dnsPort: v.number() }),
    JSON.parse((await said.next()).value ?? ''),
  );
  const began = performance.now();
  const surveys = Array.from({ length: processes }, (_, part) =>
    startSurvey(part, smtpPort, dnsPort),
  );
  const exits = await Promise.all(surveys.map(({ child }) => ended(child)));
  const seconds = (performance.now() - began) / 1000;
  world.stdin.end();
  const seen = JSON.parse((await said.next()).value ?? '{}');
  const rowsOf = surveys.map(({ part }) =>
    readFileSync(join(folder, `rows${part}.ndjson`), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => v.parse(SurveyRowSchema, JSON.parse(line))),
  );
  const rows = rowsOf.flat();
  const results = surveys.map(({ part }) =>
    v.parse(
      SurveyResultSchema,
      JSON.parse(readFileSync(join(folder, `result${part}.json`), 'utf8')),
    ),
  );
  const runs = Math.max(...rowsOf.map((some) => new Set(some.map(({ run }) => run)).size));
  const cpu = surveys.reduce((sum, one) => sum + one.cpu(), 0);
  const most = Math.max(...surveys.map((one) => one.most()));
  const wrong = rows.filter((row) => !isRight(row));
  const longest = Math.max(...rows.map((row) => row.seconds ?? 0));
  const bar = 1.5 * longest + hosts / 100;
  const late = Math.max(...results.map(({ latenessMs }) => latenessMs?.p99 ?? 0));
  print(
    `exit ${exits.join(', ')}; ${rows.length} rows of ${domains} targets at ${seen.addresses} hosts`,
  );
  print(`wrong: ${wrong.length}`, wrong.length === 0 && rows.length === domains);
  for (const row of wrong.slice(0, 5)) print(JSON.stringify(row));
  print(
    `took ${seconds.toFixed(1)} s, longest single probe ${longest.toFixed(1)} s, bar ${bar.toFixed(1)} s`,
    seconds <= bar,
  );
  print(`CPU ${cpu.toFixed(1)} s, ${((1000 * cpu) / seen.connections).toFixed(1)} ms a connection`);
  print(`memory at most ${most} MB, bar ${LONGEST_MB} MB`, most <= LONGEST_MB);
  print(`at most ${runs} runs for ${hosts} hosts`, runs <= hosts);
  for (const { latenessMs } of results) {
    print(
      `visits late by ${latenessMs?.p50} ms (median), ${latenessMs?.p99} ms (99th percentile), ${latenessMs?.most} ms (worst), bar ${LATEST_MS} ms`,
      late <= LATEST_MS,
    );
  }
  print(
    `seen by the hosts: ${seen.connections} connections, at most ${seen.mostConnections} to an address, ${seen.mostAtATime} at a time, ${seen.leastGapMs} ms apart`,
    seen.mostAtATime === 1 && seen.leastGapMs >= 1000 && seen.mostConnections <= 30,
  );
} finally {
  world.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Of the domains of each host, those of this part. */
function startSurvey(part: number, smtpPort: number, dnsPort: number) {
  const list = join(folder, `list${part}.txt`);
  const numbers = Array.from({ length: domains }, (_, n) => n);
  const own = numbers.filter((n) => Math.floor(n / hosts) % processes === part);
  writeFileSync(list, own.map((n) => `user@d${n}.example\n`).join(''));
  const child = spawn(
    process.execPath,
    [
      program,
      ...['survey', list, '--from', 'p-{nonce}@sender.example', '--helo', 'client.sender.example'],
      ...['--resolver', `127.0.0.1:${dnsPort}`, '--port', String(smtpPort), '--tls', 'never'],
      ...['--max-wait', '2m', '--resolution', '5s', '--contact', 'probe@sender.example', '--quiet'],
      ...['--state-dir', join(folder, 'state')],
      ...['--format', 'ndjson', '--output', join(folder, `rows${part}.ndjson`)],
      ...['--format', 'json', '--output', join(folder, `result${part}.json`)],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return { part, child, ...watchProcess(child) };
}

function isRight({ domain, verdict, opensAfterSeconds, opensBySeconds }: SurveyRow): boolean {
  const truth = truthOf(Number(domain.slice(1, -'.example'.length)) % hosts);
  if (typeof truth === 'string') return verdict === truth;
  // The host counts whole seconds.
  return (
    verdict === 'greylisted' &&
    (opensAfterSeconds ?? 0) <= truth + 1 &&
    opensBySeconds !== null &&
    opensBySeconds >= truth - 1
  );
}

function print(text: string, holds?: boolean): void {
  const verdict = holds === undefined ? '' : holds ? ' holds' : ' DOES NOT HOLD';
  process.stdout.write(`${text}${verdict}\n`);
  if (holds === false) process.exitCode = 1;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

/** The most memory that a process had, in MB, and its seconds of CPU, as far as the system tells (proc(5)). */
function watchProcess({ pid }: ChildProcess): { most: () => number; cpu: () => number } {
  let most = 0;
  let ticks = 0;
  const timer = setInterval(() => {
    try {
      const peak = /^VmHWM:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      most = Math.max(most, Number(peak ?? 0) / 1024);
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      ticks = Number(fields[11]) + Number(fields[12]);
    } catch {
      clearInterval(timer);
    }
  }, 200);
  timer.unref();
  return { most: () => Math.round(most), cpu: () => ticks / TICKS_PER_SECOND };
}
