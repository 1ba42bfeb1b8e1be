import { setMaxListeners } from 'node:events';
import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import pLimit from 'p-limit';
import {
  type CheckedTarget,
  type CheckOutcome,
  type CheckResult,
  jointOutcome,
  outcomeOfJudgements,
  SUPPRESSED,
} from '../../contract/check-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPortsForMany } from '../../edges/real-ports.js';
import { roomFor } from '../../edges/system/open-files.js';
import { keepHeapSmall } from '../../edges/system/small-heap.js';
import { ManyKeptRuns } from '../runs/many-kept.js';
import type { CheckContext, CheckTarget } from './check-target.js';
import { judge } from './judge.js';
import { measure } from './measure.js';
import { observedOf, obstacleOf } from './observed.js';
import { suppress } from './suppress.js';
import { WaitingRuns } from './waiting-run.js';

const MOST_AT_A_TIME = 500;

/** `runCheck` over the network, its runs kept in the state folder of the user, or the one given. */
export function checkOverNetwork(
  targets: readonly CheckTarget[],
  { stateDir, ...context }: NetworkContext,
): Promise<CheckResult> {
  const runsFolder = systemRunsFolder(stateDir);
  keepHeapSmall();
  return runCheck(targets, {
    ...context,
    runsFolder,
    portsFor: shared((one) => realPortsForMany(one, runsFolder)),
    // An open run has its journal, a visit a socket, and another while a name is looked up.
    targetsAtATime: roomFor(2),
    concurrency: Math.min(MOST_AT_A_TIME, roomFor(4)),
  });
}

type NetworkContext = Omit<
  CheckContext,
  'runsFolder' | 'portsFor' | 'targetsAtATime' | 'concurrency'
> & {
  /** As given with `--state-dir`; null: the user's own. */
  readonly stateDir: string | null;
};

/** Targets that ask one resolver share its answers. */
function shared(portsFor: CheckContext['portsFor']): CheckContext['portsFor'] {
  const known = new Map<string | null, ReturnType<CheckContext['portsFor']>>();
  return (resolver) => {
    const ports = known.get(resolver) ?? portsFor(resolver);
    known.set(resolver, ports);
    return ports;
  };
}

/**
 * Probes all targets and judges what they show. Targets run side by side, those of one domain in
 * turn; no address gets two connections at a time. A run that an earlier visit left waiting is gone
 * on with. Throws what keeps a run from being begun or kept; the others are interrupted then.
 */
export async function runCheck(
  targets: readonly CheckTarget[],
  context: CheckContext,
): Promise<CheckResult> {
  const stop = new AbortController();
  const signal =
    context.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, context.signal]);
  // Each target listens; Node.js would call more than ten of them a leak, on stderr.
  setMaxListeners(0, signal);
  const { portsFor, onEvent } = context;
  const clock = portsFor(targets[0]?.resolver ?? null).clock;
  const startedAt = new Date(clock.read().wallMs).toISOString();
  const runs = new ManyKeptRuns(clock, {
    ...context,
    signal,
    onEvent: (event, { run }) => onEvent?.(run, event),
  });
  const waiting = new WaitingRuns(context.runsFolder);
  const driving = runs.drive();
  const limit = pLimit(context.targetsAtATime);
  const groups = await Promise.allSettled(
    groupsOf(targets).map((group) =>
      limit(() =>
        inTurn(group, (target) => checkTarget(target, { ...context, signal, waiting, runs })),
      ).catch((error: unknown) => {
        stop.abort();
        throw error;
      }),
    ),
  );
  runs.close();
  await driving;
  const checked = groups.flatMap((group) => {
    if (group.status === 'rejected') throw group.reason;
    return group.value;
  });
  const byTarget = new Map(checked.map((one) => [one.target, one]));
  return {
    schema: 'greyprobe.check-result.v1',
    version: context.version,
    startedAt,
    finishedAt: new Date(clock.read().wallMs).toISOString(),
    ...sumOf(targets.flatMap((target) => byTarget.get(target) ?? [])),
  };
}

function sumOf(
  all: readonly Checked[],
): Pick<CheckResult, 'outcome' | 'counts' | 'nextDueAt' | 'targets'> {
  const targets = all.map(({ checked }) => checked);
  const judgements = targets.flatMap((one) => one.judgements);
  const count = (wanted: CheckOutcome) =>
    judgements.filter(({ outcome }) => outcome === wanted).length;
  const suppressed = judgements.filter(({ reason }) => reason === SUPPRESSED).length;
  const due = all.flatMap(({ nextDueAt }) => nextDueAt ?? []).sort();
  return {
    outcome: jointOutcome(targets.map(({ outcome }) => outcome)),
    counts: {
      passed: count('passed'),
      failed: count('failed'),
      notJudged: count('not-judged'),
      ...(suppressed === 0 ? {} : { suppressed }),
    },
    nextDueAt: due[0] ?? null,
    targets,
  };
}

type TargetContext = CheckContext & {
  readonly signal: AbortSignal;
  readonly waiting: WaitingRuns;
  readonly runs: ManyKeptRuns;
};

interface Checked {
  readonly target: CheckTarget;
  readonly checked: CheckedTarget;
  readonly nextDueAt: string | null;
}

async function checkTarget(target: CheckTarget, context: TargetContext): Promise<Checked> {
  const { name, request, expectations, suppressed } = target;
  const ports = context.portsFor(target.resolver);
  const measured = await measure(target, ports, context);
  const observed = await observedOf(measured, expectations, { ...context, dialer: ports.dialer });
  const judged = judge(expectations, observed);
  const judgements =
    suppressed === undefined ? judged : suppress(judged, suppressed, ports.clock.read().wallMs);
  const outcome =
    judgements.length === 0 ? measuredOutcome(observed.result) : outcomeOfJudgements(judgements);
  const resultOf = packed(observed.result);
  const checked = {
    name,
    recipient: request.recipient,
    outcome,
    ...(suppressed === undefined ? {} : { suppressed }),
    judgements,
    get result() {
      return resultOf();
    },
  };
  return { target, checked, nextDueAt: observed.result.nextDueAt };
}

/** Where nothing is expected, a verdict is all that can be wanted. */
function measuredOutcome(result: ProbeResult): CheckOutcome {
  return obstacleOf(result) === null ? 'passed' : 'not-judged';
}

/** Of a thousand results each is looked at once, when it is shown: 4 KB until then, not 100. */
function packed<T>(value: T): () => T {
  const bytes = deflateRawSync(serialize(value));
  return () => deserialize(inflateRawSync(bytes));
}

/** Targets whose mail goes to the same hosts, as far as can be told before the DNS was asked. */
function groupsOf(targets: readonly CheckTarget[]): readonly (readonly CheckTarget[])[] {
  const groups = new Map<string, CheckTarget[]>();
  for (const target of targets) {
    const key = target.request.host ?? target.request.domain;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [target]);
    else group.push(target);
  }
  return [...groups.values()];
}

async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}
