import * as v from 'valibot';
import { buildResult } from '../../../src/contract/build-result.js';
import { type ProbeResult, ProbeResultSchema } from '../../../src/contract/probe-result.js';
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

export interface Checked {
  readonly result: ProbeResult;
  /** What the run did or said that it must not; empty when all is well. */
  readonly faults: readonly string[];
}

/** Probes a random greylister: the window must contain the truth. */
export async function checkGreylister(
  { policy, around }: GreylisterCase,
  request: ProbeRequest,
  world: WorldCase,
): Promise<Checked> {
  const list = surrounded(policy, around, START_MS + world.clockOffsetMs);
  const { state, faults } = await probe(troubled(list, world), request, world);
  const result = buildResult(state, '0.0.0');
  const wrong = [...wrongWindow(result, policy), ...confirmedUnshown(result, policy, request)];
  return { result, faults: [...faults, ...malformed(result), ...wrong] };
}

/** A list that does not look at senders treats all of one client alike: nothing shows that it waits. */
function confirmedUnshown(
  { verdict }: ProbeResult,
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
): Promise<Checked> {
  const { state, faults } = await probe(
    lookAlike.build(START_MS + world.clockOffsetMs),
    request,
    world,
  );
  const result = buildResult(state, '0.0.0');
  const { kind, confidence } = result.verdict;
  const false_ = kind === 'greylisted' && confidence === 'confirmed' ? ['false confirmed'] : [];
  return { result, faults: [...faults, ...malformed(result), ...false_] };
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
): Promise<{ state: RunState; faults: readonly string[] }> {
  const log = watched(behaviour, world.lost, createVirtualRandom(world.seed + 1));
  const state = await drive(request, log.behaviour, world);
  const spreadMs = world.latencyMs.high - world.latencyMs.low;
  return { state, faults: brokenManners(log.connections, request.manners, spreadMs) };
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
function wrongWindow({ window }: ProbeResult, policy: GreylisterPolicy): readonly string[] {
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
