import { buildResult } from '../../contract/build-result.js';
import { exitCodeOf } from '../../contract/exit-code.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import { parseWindow } from '../../core/advice/window-text.js';
import { DEFAULT_MANNERS, type ProbeRequest } from '../../core/run/request.js';
import { usageError } from '../../model/errors.js';
import type { ExitCode } from '../../model/exit-codes.js';
import type { ProbeStage } from '../../model/smtp.js';
import { formatDuration, parseDuration } from '../../model/values/duration.js';
import { ofFlag } from '../../model/values/flag-value.js';
import { renderText } from '../../report/text/text.js';
import { hanging, wrapText } from '../../report/text/wrap.js';
import { greylists } from '../../sandbox/behaviours.js';
import type { GreylisterPolicy } from '../../sandbox/greylister-policy.js';
import { type GreylisterModel, modelById } from '../../sandbox/models/index.js';
import { stageThatShows } from '../../sandbox/virtual/probe-stage.js';
import { runSimulation } from '../../sandbox/virtual/run-simulation.js';
import { parseProbeRequest } from '../../tasks/settings/to-request.js';
import { terminalStyle } from '../terminal/terminal-style.js';

/** Flags of `simulate --server`, as oclif reads them. */
export interface SimulateServerFlags {
  readonly server: string;
  readonly delay?: string | undefined;
  readonly window?: string | undefined;
  readonly 'restarts-timer': boolean;
  readonly from?: string | undefined;
  readonly stage?: ProbeStage | undefined;
  readonly 'retry-at'?: string | undefined;
  readonly 'max-wait'?: string | undefined;
  readonly resolution?: string | undefined;
  readonly 'closing-at'?: string | undefined;
  readonly 'connections-per-hour'?: number | undefined;
  readonly seed?: number | undefined;
}

export interface SimulateServerOutcome {
  readonly result: ProbeResult;
  readonly text: () => string;
  readonly exit: ExitCode;
}

/** `--from` in two words; anything else is read as by probe. */
const POOLS: Readonly<Record<string, string>> = {
  pool: 'probe-{nonce}@sender.example',
  one: 'probe@sender.example',
};

/** Probes the model of a greylister in simulated time. Throws usage errors. */
export async function simulateServer(
  flags: SimulateServerFlags,
  version: string,
): Promise<SimulateServerOutcome> {
  const model = modelById(flags.server);
  const policy = policyOf(model, flags);
  const request = requestOf(flags, policy);
  const behaviour = greylists(policy, model.dialogue);
  const run = await runSimulation(request, behaviour, { seed: flags.seed ?? 1 });
  const result = buildResult(run.state, version);
  return {
    result,
    text: () => {
      const told = [...introduction(model, policy), '', renderText(result, terminalStyle)];
      return [...told, '', ...conclusion(policy, run.seconds, run.connections)].join('\n');
    },
    exit: exitCodeOf(result),
  };
}

/** The model with the delay, the window and the early tries that the user wants. */
function policyOf(model: GreylisterModel, flags: SimulateServerFlags): GreylisterPolicy {
  if (flags.delay !== undefined && flags.window !== undefined) {
    throw usageError(
      'delay-and-window',
      '--delay and --window both give the delay.',
      'Give --delay 300s, or --window 300s..48h.',
    );
  }
  const policy = flags['restarts-timer']
    ? { ...model.policy, earlyRetry: { kind: 'restart' as const } }
    : model.policy;
  if (flags.window !== undefined) {
    const { opens, closes } = parseWindow(flags.window);
    const delaySeconds = opens.bySeconds ?? policy.delaySeconds;
    return { ...policy, delaySeconds, windowSeconds: closes.afterSeconds };
  }
  const { delay } = flags;
  return delay === undefined
    ? policy
    : { ...policy, delaySeconds: ofFlag('--delay', () => parseDuration(delay)) };
}

function requestOf(flags: SimulateServerFlags, policy: GreylisterPolicy): ProbeRequest {
  const stage = flags.stage ?? stageThatShows(policy);
  const from = flags.from ?? 'pool';
  return parseProbeRequest('user@example.org', {
    from: POOLS[from] ?? from,
    helo: 'client.sender.example',
    port: 25,
    ipv4: false,
    ipv6: false,
    tls: 'opportunistic',
    timeout: '30s',
    stage,
    deliver: stage === 'message',
    'retry-at': flags['retry-at'],
    'max-wait': flags['max-wait'] ?? '65m',
    resolution: flags.resolution ?? '5s',
    window: flags['closing-at'],
    key: false,
    'connections-per-hour': flags['connections-per-hour'] ?? DEFAULT_MANNERS.connectionsPerHour,
  });
}

function introduction(model: GreylisterModel, policy: GreylisterPolicy): readonly string[] {
  const until =
    policy.windowSeconds === null ? 'for good' : `until ${formatDuration(policy.windowSeconds)}`;
  const head =
    `Simulated: ${model.name}, which accepts after ${formatDuration(policy.delaySeconds)}, ` +
    `${until}. ${model.note}`;
  const assumed = model.assumed.length === 0 ? [] : [`${model.assumed.join('; ')}.`];
  return [
    ...wrapText(head, terminalStyle.columns),
    ...assumed.flatMap((words) => hanging('Assumed: ', words, 9, terminalStyle.columns)),
  ];
}

function conclusion(
  policy: GreylisterPolicy,
  seconds: number,
  connections: number,
): readonly string[] {
  const took =
    `Simulated: the delay was ${formatDuration(policy.delaySeconds)}; the run took ` +
    `${formatDuration(seconds)} and ${connections} connections. Nothing was sent.`;
  return wrapText(took, terminalStyle.columns);
}
