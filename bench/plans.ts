/*
 * How close the plans come to the physical limit: the answer cannot come before the server opens.
 *
 *   node --import=tsx bench/plans.ts [--runs 25] [--seed 1] [--model postgrey | none] [--misses]
 *
 * For a plain greylister and for the model of every known one, with random delays from 30 s to 60
 * min (each as likely; for the plain one also each magnitude as likely), in simulated time: the
 * median of (answer - 5 s) / delay, of the width of the opening bracket in parts of the delay, and
 * of the connections; the share that is confirmed. For a pool of senders, for one sender, and for
 * the loop that greyprobe replaces: one sender, a try every 60 s.
 *
 * The bars, for the plain greylister: with a pool 1.10 times the delay, a bracket of 5 % of it or
 * 5 s, 30 connections, and proof; with one sender 1.25 times.
 */
import { parseArgs } from 'node:util';
import { buildResult } from '../src/contract/build-result.js';
import { type ProbeRequest, requestFor } from '../src/core/run/request.js';
import { greylists } from '../src/sandbox/behaviours.js';
import type { GreylisterPolicy } from '../src/sandbox/greylister-policy.js';
import { PLAIN_POLICY } from '../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../src/sandbox/mail-host-behaviour.js';
import { MODELS } from '../src/sandbox/models/index.js';
import {
  runSimulation,
  SIMULATED_ADDRESS,
  simulatedWorld,
} from '../src/sandbox/virtual/run-simulation.js';
import { createVirtualRandom } from '../src/sandbox/virtual/virtual-random.js';
import { stageThatShows } from '../src/tasks/simulate-server.js';

const SHORTEST_DELAY_SECONDS = 30;
const LONGEST_DELAY_SECONDS = 3600;
const LOOP_SECONDS = 60;
/** A server that restarts its wait at each early try never lets the loop in. */
const LOOP_GIVES_UP_AFTER_SECONDS = 3 * 3600;
const GRACE_SECONDS = 5;
const BARS = { pool: 1.1, one: 1.25, bracket: 0.05, connections: 30, confirmed: 0.95 } as const;

const POOL: ProbeRequest['senders'] = {
  kind: 'template',
  template: 'probe-{nonce}@sender.example',
};
const ONE: ProbeRequest['senders'] = { kind: 'list', addresses: ['probe@sender.example'] };

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '25' },
    seed: { type: 'string', default: '1' },
    model: { type: 'string' },
    misses: { type: 'boolean', default: false },
  },
});

/** One server with one delay. */
interface Trial {
  readonly policy: GreylisterPolicy;
  readonly behaviour: () => MailHostBehaviour;
  readonly seed: number;
}

interface Measured {
  readonly delaySeconds: number;
  readonly seed: number;
  /** Null: never. */
  readonly seconds: number | null;
  readonly bracketSeconds: number | null;
  readonly connections: number;
  readonly confirmed: boolean;
}

function requestOf(policy: GreylisterPolicy, senders: ProbeRequest['senders']): ProbeRequest {
  const stage = stageThatShows(policy);
  return requestFor(
    {
      recipient: 'user@example.org',
      domain: 'example.org',
      senders,
      helo: 'client.sender.example',
      port: 25,
    },
    { stage, deliver: stage === 'message' },
  );
}

async function measurePlan(trial: Trial, senders: ProbeRequest['senders']): Promise<Measured> {
  const { policy, seed } = trial;
  const run = await runSimulation(requestOf(policy, senders), trial.behaviour(), { seed });
  const { window, verdict } = buildResult(run.state, '0.0.0');
  const opens = window?.opens ?? { afterSeconds: null, bySeconds: null };
  return {
    delaySeconds: policy.delaySeconds,
    seed,
    seconds: opens.bySeconds === null ? null : run.seconds,
    bracketSeconds: opens.bySeconds === null ? null : opens.bySeconds - (opens.afterSeconds ?? 0),
    connections: run.connections,
    confirmed: verdict.kind === 'greylisted' && verdict.confidence === 'confirmed',
  };
}

/** The loop without a plan: the same sender again, a minute after the last answer. */
async function measureLoop({ policy, behaviour, seed }: Trial): Promise<Measured> {
  const { clock, dialer } = simulatedWorld('example.org', behaviour(), { seed });
  const stage = stageThatShows(policy);
  const sender = 'probe@sender.example';
  const secondsNow = () => clock.read().monotonicMs / 1000;
  let refusedAt = 0;
  while (secondsNow() < LOOP_GIVES_UP_AFTER_SECONDS) {
    const { session } = await dialer.dial({
      address: SIMULATED_ADDRESS,
      port: 25,
      hostName: null,
      sourceAddress: null,
      helo: 'client.sender.example',
      tls: 'opportunistic',
      timeoutMs: 30_000,
    });
    const end = await session?.transact({
      sender,
      recipient: 'user@example.org',
      stage,
      message:
        stage === 'message' ? `From: <${sender}>\r\nMessage-ID: <1@sender.example>\r\n\r\n` : null,
    });
    await session?.quit();
    const now = secondsNow();
    if (end?.reply && end.reply.code < 400) {
      const bracketSeconds = now - refusedAt;
      const { connections } = dialer;
      return {
        delaySeconds: policy.delaySeconds,
        seed,
        seconds: now,
        bracketSeconds,
        connections,
        confirmed: false,
      };
    }
    refusedAt = now;
    await clock.sleepUntil(clock.read().monotonicMs + LOOP_SECONDS * 1000);
  }
  const { connections } = dialer;
  return {
    delaySeconds: policy.delaySeconds,
    seed,
    seconds: null,
    bracketSeconds: null,
    connections,
    confirmed: false,
  };
}

type Build = (policy: GreylisterPolicy) => MailHostBehaviour;

interface Spread {
  readonly draw: (share: number) => number;
  readonly runs: number;
}

/** The bars rest on the plain greylister, so it gets more delays than each model. */
const RUNS = Number(values.runs);
/** The bars are judged by these: the median of a few delays is off by a hundredth or two. */
const PLAIN_RUNS = Math.max(200, RUNS * 4);

const evenly = (share: number) =>
  SHORTEST_DELAY_SECONDS + share * (LONGEST_DELAY_SECONDS - SHORTEST_DELAY_SECONDS);
const byMagnitude = (share: number) =>
  SHORTEST_DELAY_SECONDS * (LONGEST_DELAY_SECONDS / SHORTEST_DELAY_SECONDS) ** share;

/** Random delays, each with another seed. A server that ships without a delay keeps none. */
function trialsOf(
  policy: GreylisterPolicy,
  build: Build,
  { draw, runs }: Spread,
): readonly Trial[] {
  const firstSeed = Number(values.seed);
  return Array.from({ length: runs }, (_, index) => {
    const seed = firstSeed + index;
    const drawn = Math.round(draw(createVirtualRandom(seed).integer(1_000_000) / 1_000_000));
    const delaySeconds = policy.delaySeconds === 0 ? 0 : drawn;
    const windowSeconds =
      policy.windowSeconds === null ? null : Math.max(policy.windowSeconds, 2 * delaySeconds);
    const changed = { ...policy, delaySeconds, windowSeconds };
    return { policy: changed, behaviour: () => build(changed), seed };
  });
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

interface Summary {
  readonly time: number;
  readonly bracket: number;
  readonly connections: number;
  readonly confirmed: number;
}

/** Medians; what never came is later than all else. */
function summarise(all: readonly Measured[]): Summary {
  const never = Number.POSITIVE_INFINITY;
  return {
    time: median(all.map(timeRatio)),
    bracket: median(
      all.map((one) => (one.bracketSeconds ?? never) / Math.max(one.delaySeconds, 1)),
    ),
    connections: median(all.map((one) => one.connections)),
    confirmed: all.filter((one) => one.confirmed).length / all.length,
  };
}

function timeRatio({ seconds, delaySeconds }: Measured): number {
  if (seconds === null) return Number.POSITIVE_INFINITY;
  return delaySeconds === 0 ? seconds : (seconds - GRACE_SECONDS) / delaySeconds;
}

function bracketOverBar({ bracketSeconds, delaySeconds }: Measured): number {
  const bar = Math.max(GRACE_SECONDS, delaySeconds * BARS.bracket);
  return (bracketSeconds ?? Number.POSITIVE_INFINITY) / bar;
}

function cells({ time, bracket, connections, confirmed }: Summary, proof: boolean): string {
  const percent = (share: number) => `${(share * 100).toFixed(0)}%`;
  return [
    Number.isFinite(time) ? time.toFixed(2) : 'never',
    Number.isFinite(bracket) ? `${(bracket * 100).toFixed(1)}%` : '-',
    connections.toFixed(0),
    ...(proof ? [percent(confirmed)] : []),
  ]
    .map((cell) => cell.padStart(7))
    .join('');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function row(
  name: string,
  policy: GreylisterPolicy,
  build: Build,
  spread: Spread = { draw: evenly, runs: RUNS },
): Promise<{ pool: readonly Measured[]; one: readonly Measured[] }> {
  const pool: Measured[] = [];
  const one: Measured[] = [];
  const loop: Measured[] = [];
  for (const trial of trialsOf(policy, build, spread)) {
    pool.push(await measurePlan(trial, POOL));
    one.push(await measurePlan(trial, ONE));
    loop.push(await measureLoop(trial));
  }
  print(
    `${name.padEnd(24)}|${cells(summarise(pool), true)} |${cells(summarise(one), false)} |` +
      `${cells(summarise(loop), false)}${policy.delaySeconds === 0 ? '  (seconds: no delay)' : ''}`,
  );
  if (values.misses) printMisses(pool, one);
  return { pool, one };
}

function printMisses(pool: readonly Measured[], one: readonly Measured[]): void {
  for (const [kind, all, bar] of [
    ['pool', pool, BARS.pool],
    ['one', one, BARS.one],
  ] as const) {
    for (const run of all) {
      const missed = [
        timeRatio(run) > bar ? `time ${timeRatio(run).toFixed(2)}` : '',
        kind === 'pool' && bracketOverBar(run) > 1
          ? `bracket ${run.bracketSeconds?.toFixed(1)} s`
          : '',
        run.connections > BARS.connections ? `${run.connections} connections` : '',
        kind === 'pool' && !run.confirmed ? 'no proof' : '',
      ].filter((words) => words !== '');
      if (missed.length === 0) continue;
      print(`    ${kind}, delay ${run.delaySeconds} s, seed ${run.seed}: ${missed.join(', ')}`);
    }
  }
}

/** True when the medians of the plain greylister hold every bar. */
function holds({ pool, one }: { pool: readonly Measured[]; one: readonly Measured[] }): boolean {
  const bars = [
    ['pool: time', median(pool.map(timeRatio)), BARS.pool],
    ['pool: bracket, in parts of its bar', median(pool.map(bracketOverBar)), 1],
    ['pool: connections', median(pool.map((run) => run.connections)), BARS.connections],
    ['pool: not confirmed', 1 - summarise(pool).confirmed, 1 - BARS.confirmed],
    ['one sender: time', median(one.map(timeRatio)), BARS.one],
  ] as const;
  for (const [name, value, bar] of bars) {
    const verdict = value <= bar ? 'holds' : 'DOES NOT HOLD';
    print(`${name.padEnd(36)} ${value.toFixed(3).padStart(8)}, bar ${bar.toFixed(2)}: ${verdict}`);
  }
  return bars.every(([, value, bar]) => value <= bar);
}

print(`${RUNS} delays each, ${PLAIN_RUNS} for the plain one, from seed ${values.seed}. Medians.`);
print(`${''.padEnd(24)}|  pool of senders            |  one sender          |  every 60 s`);
print(
  `${'greylister'.padEnd(24)}|   time bracket  conn. proved |   time bracket  conn. |   time bracket  conn.`,
);
const plain = { ...PLAIN_POLICY, reply: { code: 451, enhanced: '4.7.1', text: ['Greylisted'] } };
const measured = await row('(plain, unknown)', plain, (policy) => greylists(policy), {
  draw: evenly,
  runs: PLAIN_RUNS,
});
await row('(plain, by magnitude)', plain, (policy) => greylists(policy), {
  draw: byMagnitude,
  runs: PLAIN_RUNS,
});
for (const [id, { policy, dialogue }] of Object.entries(MODELS)) {
  if (values.model !== undefined && values.model !== id) continue;
  await row(id, policy, (changed) => greylists(changed, dialogue));
}
print('');
process.exitCode = holds(measured) ? 0 : 1;
