import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import * as v from 'valibot';
import { buildResult } from '../../src/contract/build-result.js';
import { assess } from '../../src/core/evidence/assess.js';
import { requestFor } from '../../src/core/run/request.js';
import type { Edge } from '../../src/model/time.js';
import { domainOf } from '../../src/sandbox/address-parts.js';
import { runSimulation, simulatedWorld } from '../../src/sandbox/virtual/run-simulation.js';
import { transcript } from '../unit/core/run/support/transcript.js';
import { behaviourOf, delayOf } from './behaviour.js';
import { readScenario, type Scenario } from './scenario.js';

/* Every scenario of this folder, in virtual time. `npm run scenario NAME` runs just one. */

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const START_MS = simulatedWorld('example.org', {}).clock.worldMs();

/** One way; without one, what a simulation takes. */
const LATENCIES = {
  none: { latencyMs: { low: 0, high: 0 } },
  usual: {},
  slow: { latencyMs: { low: 200, high: 300 } },
} as const;

async function played(scenario: Scenario) {
  const { probe, host } = scenario;
  const { recipient, senders, stage } = probe;
  const who = { recipient, domain: domainOf(recipient), senders, port: 25 };
  const { state } = await runSimulation(
    requestFor(
      { ...who, helo: 'client.sender.example' },
      {
        retryAtSeconds: probe['retry-at'] ?? null,
        closingAgesSeconds: probe.closing,
        stage,
        deliver: stage === 'message',
        maxWaitSeconds: probe['max-wait'],
        sourceAddresses: probe['source-addresses'],
      },
    ),
    behaviourOf(scenario, START_MS),
    LATENCIES[host.latency],
  );
  return { state, result: buildResult(state, '0'), delay: delayOf(scenario) };
}

type Found = Awaited<ReturnType<typeof played>>;

/** What was found under each key of `expect`, in the form in which a scenario says it. */
const FOUND: Readonly<Record<keyof Scenario['expect'], (found: Found) => unknown>> = {
  verdict: ({ result }) => result.verdict.kind,
  confidence: ({ result }) => result.verdict.confidence,
  class: ({ result }) => result.verdict.class,
  product: ({ result }) => result.verdict.implementation?.id ?? 'none',
  opens: ({ result }) => result.window?.opens ?? UNKNOWN,
  closes: ({ result }) => result.window?.closes ?? UNKNOWN,
  ends: ({ result }) => result.reason,
  connections: ({ result }) => result.connections,
  'restarts-timer': ({ state }) => assess(state).inference.earlyRetryHarms === true,
  warnings: ({ result }) => result.warnings.map(({ code }) => code),
  'misses-the-delay': ({ result, delay }) => misses(result.window?.opens ?? UNKNOWN, delay),
  talk: ({ state }) => transcript(state),
};
/** Servers count whole seconds. */
const TICK = 1;
const UNKNOWN: Edge = { afterSeconds: null, bySeconds: null };

/** Whether a measured bracket leaves out when the greylist truly opens. */
function misses({ afterSeconds, bySeconds }: Edge, delay: number | null): boolean {
  if (delay === null) return false;
  return (afterSeconds ?? 0) > delay || (bySeconds ?? Infinity) < delay - TICK;
}

/** An edge lies in its span when both of its bounds do; unknown is one without an end. */
function holds(key: string, expected: unknown, found: unknown): boolean {
  if (key !== 'opens' && key !== 'closes') return isDeepStrictEqual(found, expected);
  const { afterSeconds, bySeconds } = v.parse(EdgeSchema, found);
  if (expected === null) return bySeconds === null;
  const { low, high } = v.parse(SpanSchema, expected);
  if (afterSeconds === null || bySeconds === null) return false;
  return afterSeconds >= low && bySeconds <= high;
}

const EdgeSchema = v.object({
  afterSeconds: v.nullable(v.number()),
  bySeconds: v.nullable(v.number()),
});
const SpanSchema = v.object({ low: v.number(), high: v.number() });

describe('scenario', () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))) {
    it(file, async () => {
      const { scenario, lineOf } = readScenario(readFileSync(`${FOLDER}${file}`, 'utf8'), file);
      const found = await played(scenario);
      const wrong = Object.entries(FOUND).flatMap(([key, read]) => {
        const expected = Object.entries(scenario.expect).find(([name]) => name === key);
        if (expected === undefined || holds(key, expected[1], read(found))) return [];
        const [wanted, seen] = [expected[1], read(found)].map((one) => JSON.stringify(one));
        return `${file}:${lineOf(key)}: ${key}: expected ${wanted}, found ${seen}`;
      });
      const talk = transcript(found.state);
      expect(wrong.join('\n')).to.equal('', [scenario.title, ...talk, ''].join('\n'));
    });
  }
});

describe('a scenario that is written wrong', () => {
  const GOOD = [
    'title: Postgrey',
    'host:',
    '  greylists: { like: postgrey, delay: 5m }',
    'expect: { verdict: greylisted }',
  ];
  for (const [line, written, says] of [
    [3, '  greylists: { like: postgray }', /^x\.yaml:3: .*Did you mean 'postgrey'/u],
    [3, '  greylists: { dealy: 5m }', /^x\.yaml:3: there is no key 'dealy'.*Did you mean 'delay'/u],
    [
      3,
      '  greylists: { delay: 5 }',
      /^x\.yaml:3: host\.greylists\.delay: "5" has no unit: write 5s\.$/u,
    ],
    [3, '  greylists: { delay: five }', /^x\.yaml:3: .*"five" is not a duration/u],
    [3, '  greylists: { says: Greylisted }', /^x\.yaml:3: .*is not an SMTP reply/u],
    [
      4,
      'expect: { verdict: greylisted, opens: 5m }',
      /^x\.yaml:4: expect\.opens: "5m" is not a span/u,
    ],
    [4, 'expect: { verdict: greylistet }', /^x\.yaml:4: .*Did you mean 'greylisted'/u],
  ] as const) {
    it(`is told with its line: ${written.trim()}`, () => {
      const text = GOOD.with(line - 1, written).join('\n');
      expect(() => readScenario(text, 'x.yaml')).to.throw(says);
    });
  }
});
