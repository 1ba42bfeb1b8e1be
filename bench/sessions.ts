/*
 * How many sessions a second a survey makes, with journal, ledger and classification, against the sink of
 * Postfix on loopback, and beside it what the generator of Postfix, written in C, makes of the same sink.
 * Each session is of another address: banner, EHLO, two transactions, QUIT. No DNS, no pace.
 *
 *   node --import=tsx bench/sessions.ts [SESSIONS]
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_MANNERS, requestFor } from '../src/core/run/request.js';
import { politeDialer } from '../src/edges/real-ports.js';
import { systemClock } from '../src/edges/system/clock.js';
import { systemRandom } from '../src/edges/system/random.js';
import { Scratch } from '../src/edges/system/scratch.js';
import { openSurvey, surveysFolder } from '../src/tasks/survey/kept-survey.js';
import { OptOut } from '../src/tasks/survey/opt-out.js';
import { Survey } from '../src/tasks/survey/run-survey.js';

const BAR = 1500;
const AT_A_TIME = 50;
const PORT = 20_000 + (process.pid % 10_000);
const sessions = Number(process.argv[2] ?? 5000);
const SINK = '/usr/sbin/smtp-sink';
const SOURCE = '/usr/sbin/smtp-source';

if (spawnSync(SOURCE, ['-?']).error !== undefined) {
  process.stdout.write('smtp-source and smtp-sink of Postfix are not installed.\n');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'greyprobe-bench-'));
const sink = spawn(SINK, ['-u', 'nobody', `inet::${PORT}`, '1000'], { stdio: 'inherit' });
try {
  await listening();
  const began = performance.now();
  spawnSync(SOURCE, [
    ...['-s', String(AT_A_TIME), '-m', String(sessions), '-f', 'a@sender.example'],
    ...['-t', 'user@example.org', `inet:127.0.0.1:${PORT}`],
  ]);
  const seconds = (performance.now() - began) / 1000;
  const own = await survey();
  print(`smtp-source: ${Math.round(sessions / seconds)} sessions/s`);
  print(
    `greyprobe:   ${own.perSecond} sessions/s, ${own.cpuMs} ms of CPU each; bar ${BAR}`,
    own.perSecond >= BAR,
  );
} finally {
  sink.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Sessions a second, and CPU of this process, over the second half. */
async function survey() {
  const runsFolder = join(folder, 'runs');
  const request = requestFor(
    {
      recipient: 'user@d0.example',
      domain: 'd0.example',
      senders: { kind: 'template', template: 'p-{nonce}@sender.example' },
      helo: 'client.sender.example',
    },
    { port: PORT, tls: 'never', manners: DEFAULT_MANNERS },
  );
  const targets = Array.from({ length: sessions }, (_, n) => ({
    n,
    recipient: `user@d${n}.example`,
    domain: `d${n}.example`,
    label: null,
  }));
  const kept = await openSurvey(surveysFolder(runsFolder), {
    settings: {
      request: { ...request, screen: true },
      resolver: null,
      perHost: 1,
      contact: null,
      optOut: null,
      outputs: [],
      senders: 'postfix',
    },
    targets,
    version: 'bench',
    nowWallMs: Date.now(),
    random: systemRandom,
  });
  let accepted = 0;
  let atHalf = { cpu: process.cpuUsage(), ms: 0 };
  const run = new Survey(kept, {
    ports: {
      clock: systemClock,
      random: systemRandom,
      dialer: politeDialer(runsFolder),
      locate: async ({ domain }) => {
        const n = Number(/\d+/u.exec(domain)?.[0]);
        const address = `127.${20 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
        const host = { name: `mx.${domain}`, preference: 10, addresses: [address], origin: 'mx' };
        return { kind: 'hosts', hosts: [{ ...host, origin: 'mx' as const }], warnings: [] };
      },
    },
    optOut: new OptOut(null),
    scratch: new Scratch(folder),
    concurrency: AT_A_TIME,
    hostsPerSecond: 1e6,
    longestRunSeconds: 0,
    onRow: ({ verdict }) => {
      if (verdict === 'accepted') accepted += 1;
      // The pace has warmed up by then.
      if (accepted === sessions / 2) atHalf = { cpu: process.cpuUsage(), ms: performance.now() };
    },
  });
  await run.run();
  const seconds = (performance.now() - atHalf.ms) / 1000;
  const { user, system } = process.cpuUsage(atHalf.cpu);
  kept.close();
  if (accepted !== sessions) throw new Error(`${accepted} of ${sessions} were accepted`);
  return {
    perSecond: Math.round(sessions / 2 / seconds),
    cpuMs: ((user + system) / 1000 / (sessions / 2)).toFixed(2),
  };
}

async function listening(): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(PORT, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await delay(100);
  }
  throw new Error('smtp-sink does not listen');
}

function print(text: string, holds?: boolean): void {
  process.stdout.write(
    `${text}${holds === undefined ? '' : holds ? ' holds' : ' DOES NOT HOLD'}\n`,
  );
  if (holds === false) process.exitCode = 1;
}
