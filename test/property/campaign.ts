/*
 * Random servers without end: counts what comes out wrong, instead of stopping at the first.
 *
 *   npm run campaign -- [--seed 1] [--count 10000] [--servers known | troubled | look-alikes]
 *                       [--senders fresh | given | any] [--show 5]
 *
 * `known` are those of which nothing wrong may be said; `troubled` are several machines with one name,
 * noise and gaps, of which the share of wrong edges among the confirmed is the figure to look at.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { poolSize } from '../../src/core/run/probe-senders.js';
import type { ProbeRequest } from '../../src/core/run/request.js';
import { type Checked, checkGreylister, checkLookAlike } from './support/check-run.js';
import {
  type GreylisterCase,
  greylisters,
  troubledGreylisters,
} from './support/greylister-case.js';
import { lookAlikes } from './support/look-alike-case.js';
import { isSimple } from './support/properties.js';
import { anySenders, freshSenders, givenSenders, requestsWith } from './support/request-case.js';
import { type WorldCase, worlds } from './support/world-case.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '10000' },
    servers: { type: 'string', default: 'known' },
    senders: { type: 'string', default: 'any' },
    show: { type: 'string', default: '5' },
  },
});

const SENDERS = { fresh: freshSenders, given: givenSenders, any: anySenders };
const senders = SENDERS[values.senders as keyof typeof SENDERS] ?? anySenders;
const requests = requestsWith(senders);
/** As many at a time as are held in memory. */
const CHUNK = 500;

interface Tally {
  runs: number;
  windows: number;
  confirmed: number;
  wrong: number;
  wrongConfirmed: number;
  /** Of the brackets of those that are confirmed, in parts of the opening. */
  readonly widths: number[];
}

/** By kind of server; one run can be of several kinds. */
const tallies = new Map<string, Tally>();
let shown = 0;

function tallyOf(kind: string): Tally {
  const known = tallies.get(kind);
  if (known !== undefined) return known;
  const tally = { runs: 0, windows: 0, confirmed: 0, wrong: 0, wrongConfirmed: 0, widths: [] };
  tallies.set(kind, tally);
  return tally;
}

function count({ result, faults }: Checked, kinds: readonly string[], told: () => string): void {
  const confirmed =
    result.verdict.kind === 'greylisted' && result.verdict.confidence === 'confirmed';
  const { afterSeconds = null, bySeconds = null } = result.window?.opens ?? {};
  for (const tally of ['all', ...kinds].map(tallyOf)) {
    tally.runs += 1;
    if (result.window !== null) tally.windows += 1;
    if (confirmed) tally.confirmed += 1;
    if (confirmed && bySeconds !== null) {
      tally.widths.push((bySeconds - (afterSeconds ?? 0)) / Math.max(bySeconds, 1));
    }
    if (faults.length > 0) tally.wrong += 1;
    if (faults.length > 0 && confirmed) tally.wrongConfirmed += 1;
  }
  if (faults.length === 0 || shown >= Number(values.show)) return;
  shown += 1;
  const { kind, confidence } = result.verdict;
  process.stdout.write(
    `${told()}\n${faults.map((fault) => `  ${kind} ${confidence}: ${fault}\n`).join('')}`,
  );
}

function kindsOf(one: Case): readonly string[] {
  const { policy, around } = one.server;
  const { cluster, noise, known } = around;
  const { earlyRetry, lateTriesNeeded } = policy;
  const kinds: readonly (readonly [string, boolean])[] = [
    ['simple', isSimple(one)],
    ['one sender', poolSize(one.request.senders) === 1],
    ['known senders', known !== null && known.domain === null],
    ['exempt domain', known !== null && known.domain !== null],
    ['slow line', one.world.latencyMs.low >= 100],
    ['doubling, adding', earlyRetry.kind === 'double' || earlyRetry.kind === 'penalty'],
    ['restarting', earlyRetry.kind === 'restart'],
    ['two late tries', lateTriesNeeded > 0],
    ['restored list', around.restored !== null],
    [`cluster with ${cluster?.named === true ? 'names' : 'one name'}`, cluster !== null],
    [`noise by ${noise?.of}`, noise !== null],
    ['bypassed for a time', around.bypassed !== null],
  ];
  return kinds.flatMap(([kind, holds]) => (holds ? [kind] : []));
}

interface Case {
  readonly server: GreylisterCase;
  readonly request: ProbeRequest;
  readonly world: WorldCase;
}

async function runChunk(seed: number, size: number): Promise<void> {
  const options = { numRuns: size, seed };
  const cases = fc.sample(fc.tuple(requests, worlds), options);
  const told = (index: number, server: unknown) => () =>
    `seed ${seed} index ${index}: ${JSON.stringify({ server, case: cases[index] })}`;
  if (values.servers === 'look-alikes') {
    for (const [index, server] of fc.sample(lookAlikes, options).entries()) {
      const [request, world] = cases[index] ?? [];
      if (request === undefined || world === undefined) continue;
      count(await checkLookAlike(server, request, world, 'verdict'), [], told(index, server.label));
    }
    return;
  }
  const servers = values.servers === 'troubled' ? troubledGreylisters : greylisters;
  for (const [index, server] of fc.sample(servers, options).entries()) {
    const [request, world] = cases[index] ?? [];
    if (request === undefined || world === undefined) continue;
    const checked = await checkGreylister(server, request, world, 'verdict');
    count(checked, kindsOf({ server, request, world }), told(index, server));
  }
}

const total = Number(values.count);
for (let done = 0; done < total; done += CHUNK) {
  await runChunk(Number(values.seed) * 1_000_003 + done, Math.min(CHUNK, total - done));
}

function median(widths: readonly number[]): string {
  const middle = widths.toSorted((a, b) => a - b)[Math.floor(widths.length / 2)];
  return middle === undefined ? '-' : `${(100 * middle).toFixed(1)} %`;
}

const rows = [...tallies].map(([kind, tally]) => [
  kind,
  ...[tally.runs, tally.windows, tally.wrong, tally.confirmed, tally.wrongConfirmed].map(String),
  median(tally.widths),
]);
const head = ['kind', 'runs', 'windows', 'wrong', 'confirmed', 'wrong', 'bracket'];
process.stdout.write(
  [
    `${total} runs of ${values.servers} servers with ${values.senders} senders, seed ${values.seed}`,
    ...[head, ...rows].map(([kind = '', ...cells]) =>
      [kind.padEnd(22), ...cells.map((cell) => cell.padStart(9))].join(' '),
    ),
    '',
  ].join('\n'),
);
process.exitCode = values.servers !== 'troubled' && tallyOf('all').wrong > 0 ? 1 : 0;
