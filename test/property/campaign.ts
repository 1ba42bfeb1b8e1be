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
import { type Checked, checkGreylister, checkLookAlike } from './support/check-run.js';
import { greylisters, troubledGreylisters } from './support/greylister-case.js';
import { lookAlikes } from './support/look-alike-case.js';
import { isSimple } from './support/properties.js';
import { anySenders, freshSenders, givenSenders, requestsWith } from './support/request-case.js';
import { worlds } from './support/world-case.js';

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
  simple: number;
  simpleConfirmed: number;
  wrong: number;
  wrongConfirmed: number;
  widths: number[];
}

const tally: Tally = {
  runs: 0,
  windows: 0,
  confirmed: 0,
  simple: 0,
  simpleConfirmed: 0,
  wrong: 0,
  wrongConfirmed: 0,
  widths: [],
};
let shown = 0;

function count({ result, faults }: Checked, simple: boolean, told: () => string): void {
  const confirmed =
    result.verdict.kind === 'greylisted' && result.verdict.confidence === 'confirmed';
  tally.runs += 1;
  if (result.window !== null) tally.windows += 1;
  if (confirmed) tally.confirmed += 1;
  if (simple) tally.simple += 1;
  if (simple && confirmed) tally.simpleConfirmed += 1;
  const { afterSeconds = null, bySeconds = null } = result.window?.opens ?? {};
  if (confirmed && bySeconds !== null) {
    tally.widths.push((bySeconds - (afterSeconds ?? 0)) / Math.max(bySeconds, 1));
  }
  if (faults.length === 0) return;
  tally.wrong += 1;
  if (confirmed) tally.wrongConfirmed += 1;
  if (shown >= Number(values.show)) return;
  shown += 1;
  process.stdout.write(`${told()}\n  ${faults.join('\n  ')}\n`);
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
      count(await checkLookAlike(server, request, world), false, told(index, server.label));
    }
    return;
  }
  const servers = values.servers === 'troubled' ? troubledGreylisters : greylisters;
  for (const [index, server] of fc.sample(servers, options).entries()) {
    const [request, world] = cases[index] ?? [];
    if (request === undefined || world === undefined) continue;
    const checked = await checkGreylister(server, request, world);
    count(checked, isSimple({ server, request, world }), told(index, server));
  }
}

const total = Number(values.count);
for (let done = 0; done < total; done += CHUNK) {
  await runChunk(Number(values.seed) * 1_000_003 + done, Math.min(CHUNK, total - done));
}
const widths = tally.widths.toSorted((a, b) => a - b);
const median = widths[Math.floor(widths.length / 2)] ?? Number.NaN;
const percent = (part: number, all: number) => `${((100 * part) / Math.max(all, 1)).toFixed(2)} %`;
process.stdout.write(
  [
    `${tally.runs} runs of ${values.servers} servers with ${values.senders} senders, seed ${values.seed}`,
    `with a window: ${tally.windows}; confirmed: ${tally.confirmed}, bracket of those (median): ${(100 * median).toFixed(1)} % of the opening`,
    `simple servers: ${tally.simple}, of these confirmed: ${tally.simpleConfirmed} (${percent(tally.simpleConfirmed, tally.simple)})`,
    `wrong: ${tally.wrong}; of the confirmed: ${tally.wrongConfirmed} (${percent(tally.wrongConfirmed, tally.confirmed)})`,
    '',
  ].join('\n'),
);
process.exitCode = values.servers !== 'troubled' && tally.wrong > 0 ? 1 : 0;
