import * as v from 'valibot';
import { buildResult, windowOf } from '../../../src/contract/build-result.js';
import { type ProbeResult, ProbeResultSchema } from '../../../src/contract/probe-result.js';
import { assess } from '../../../src/core/evidence/assess.js';
import { verdictOf } from '../../../src/core/evidence/verdict.js';
import type { ProbeRequest } from '../../../src/core/run/request.js';
import type { RunState } from '../../../src/core/run/state.js';
import { senderDomain } from '../../../src/model/tuple.js';
import type { GreylisterPolicy } from '../../../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../../../src/sandbox/mail-host-behaviour.js';
import { createVirtualRandom } from '../../../src/sandbox/virtual/virtual-random.js';
import { firstOf } from '../../support/behaviours.js';
import { drive, START_MS } from './drive.js';
import type { GreylisterCase } from './greylister-case.js';
import { brokenManners, watched } from './host-log.js';
import type { LookAlike } from './look-alike-case.js';
import { surrounded } from './surroundings-case.js';
import type { WorldCase } from './world-case.js';

/** Numbers are rounded to the millisecond. */
const ROUNDING_SECONDS = 0.001;

/** What of a result can be wrong. */
type Said = Pick<ProbeResult, 'verdict' | 'window'>;

export interface Checked {
  readonly result: Said;
  /** What the run did or said that it must not; empty when all is well. */
  readonly faults: readonly string[];
}

/** Whether the whole result is made, with its advice, and held to its schema: that takes half as long again. */
export type Depth = 'whole' | 'verdict';

/** Probes a random greylister: the window must contain the truth. */
export async function checkGreylister(
  { policy, around }: GreylisterCase,
  request: ProbeRequest,
  world: WorldCase,
  depth: Depth = 'whole',
): Promise<Checked> {
  const list = surrounded(policy, around, START_MS + world.clockOffsetMs);
  const { said, faults } = await probe(troubled(list, world), request, world, depth);
  const wrong = [...wrongWindow(said, policy), ...confirmedUnshown(said, policy, request)];
  return { result: said, faults: [...faults, ...wrong] };
}

/** A list that does not look at senders treats all of one client alike: nothing shows that it waits. */
function confirmedUnshown(
  { verdict }: Said,
  { key }: GreylisterPolicy,
  { senders, sourceAddresses }: ProbeRequest,
): readonly string[] {
  if (verdict.kind !== 'greylisted' || verdict.confidence !== 'confirmed') return [];
  if (key.includes('sender') || sourceAddresses.length > 1) return [];
  const domains = new Set(senders.kind === 'list' ? senders.addresses.map(senderDomain) : ['']);
  return domains.size > 1 && key.includes('sender-domain') ? [] : ['confirmed without a contrast'];
}

/** Probes a server that does not greylist: no proof of greylisting may come out. */
export async function checkLookAlike(
  lookAlike: LookAlike,
  request: ProbeRequest,
  world: WorldCase,
  depth: Depth = 'whole',
): Promise<Checked> {
  const behaviour = lookAlike.build(START_MS + world.clockOffsetMs);
  const { said, faults } = await probe(behaviour, request, world, depth);
  const { kind, confidence } = said.verdict;
  const false_ = kind === 'greylisted' && confidence === 'confirmed' ? ['false confirmed'] : [];
  return { result: said, faults: [...faults, ...false_] };
}

/** The list behind something else that defers. */
function troubled(list: MailHostBehaviour, { trouble, seed, ...world }: WorldCase) {
  if (trouble === null) return list;
  const random = createVirtualRandom(seed + 2);
  const startMs = START_MS + world.clockOffsetMs;
  return firstOf(
    {
      rcpt: ({ atMs }) => {
        const seconds = (atMs - startMs) / 1000;
        const now = seconds >= trouble.fromSeconds && seconds < trouble.untilSeconds;
        return now && random.integer(1_000_000) < trouble.share * 1_000_000 ? trouble.words : null;
      },
    },
    list,
  );
}

async function probe(
  behaviour: Parameters<typeof watched>[0],
  request: ProbeRequest,
  world: WorldCase,
  depth: Depth,
): Promise<{ said: Said; faults: readonly string[] }> {
  const log = watched(behaviour, world.lost, createVirtualRandom(world.seed + 1));
  const state = await drive(request, log.behaviour, world);
  const spreadMs = world.latencyMs.high - world.latencyMs.low;
  const faults = brokenManners(log.connections, request.manners, spreadMs);
  if (depth === 'verdict') return { said: saidOf(state), faults };
  const result = buildResult(state, '0.0.0');
  return { said: result, faults: [...faults, ...malformed(result)] };
}

function saidOf(state: RunState): Said {
  const assessment = assess(state);
  const verdict = verdictOf(state, assessment);
  return { verdict, window: verdict.kind === 'greylisted' ? windowOf(assessment) : null };
}

function malformed(result: ProbeResult): readonly string[] {
  const parsed = v.safeParse(ProbeResultSchema, JSON.parse(JSON.stringify(result)));
  return parsed.success ? [] : parsed.issues.map((issue) => `schema: ${issue.message}`);
}

/**
 * A server whose clock has a grain of g lets a tuple pass somewhere in (d - g, d], so a refusal can
 * be proved only below d, and an acceptance only above d - g. The closing edge likewise, and a
 * server truncates both ends of an age, so that it can also forget a grain later.
 */
function wrongWindow({ window }: Said, policy: GreylisterPolicy): readonly string[] {
  if (window === null) return [];
  const { delaySeconds: delay, windowSeconds, clockGranularitySeconds: grain } = policy;
  const { opens, closes } = window;
  const faults: string[] = [];
  if (opens.afterSeconds !== null && opens.afterSeconds > delay + ROUNDING_SECONDS) {
    faults.push(`opens after ${opens.afterSeconds}, but the delay is ${delay}`);
  }
  if (opens.bySeconds !== null && opens.bySeconds < delay - grain - ROUNDING_SECONDS) {
    faults.push(`opens by ${opens.bySeconds}, but the delay is ${delay}`);
  }
  const ends = windowSeconds ?? Number.POSITIVE_INFINITY;
  if (closes.afterSeconds !== null && closes.afterSeconds > ends + grain + ROUNDING_SECONDS) {
    faults.push(`closes after ${closes.afterSeconds}, but the window ends at ${ends}`);
  }
  if (closes.bySeconds !== null && closes.bySeconds < ends - grain - ROUNDING_SECONDS) {
    faults.push(`closes by ${closes.bySeconds}, but the window ends at ${ends}`);
  }
  return faults;
}
