import { buildResult } from '../contract/build-result.js';
import { parseWindow } from '../core/advice/window-text.js';
import type { ProbeRequest } from '../core/run/request.js';
import { usageError } from '../model/errors.js';
import type { ProbeStage } from '../model/smtp.js';
import { parseDuration } from '../model/values/duration.js';
import { ofFlag } from '../model/values/flag-value.js';
import type { SimulatedProbe } from '../report/text/simulation-text.js';
import { greylists } from '../sandbox/behaviours.js';
import type { GreylisterPolicy } from '../sandbox/greylister-policy.js';
import { type GreylisterModel, modelById } from '../sandbox/models/index.js';
import { runSimulation } from '../sandbox/virtual/run-simulation.js';
import { type GivenFlags, settingsFromFlags } from './settings/read-settings.js';
import { toRequest } from './settings/to-request.js';

/** Flags of `simulate --server`: the server, and the settings of the probe. */
export interface SimulateServerFlags extends GivenFlags {
  readonly server: string;
  readonly delay?: string | undefined;
  readonly window?: string | undefined;
  readonly 'restarts-timer': boolean;
  readonly from?: string | undefined;
  readonly seed?: number | undefined;
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
): Promise<SimulatedProbe> {
  const model = modelById(flags.server);
  const policy = policyOf(model, flags);
  const behaviour = greylists(policy, model.dialogue);
  const { state, seconds, connections } = await runSimulation(requestTo(policy, flags), behaviour, {
    seed: flags.seed ?? 1,
  });
  return { model, policy, result: buildResult(state, version), seconds, connections };
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

function requestTo(policy: GreylisterPolicy, flags: SimulateServerFlags): ProbeRequest {
  const { from = 'pool' } = flags;
  const given = settingsFromFlags({ ...flags, from: POOLS[from] ?? from });
  const stage = given.stage ?? stageThatShows(policy);
  return toRequest('user@example.org', {
    ...given,
    helo: 'client.sender.example',
    stage,
    // Nobody gets these messages.
    deliver: stage === 'message',
  });
}

/** The least that a probe must go to so that it meets the deferral of a greylister. */
export function stageThatShows({ stage }: Pick<GreylisterPolicy, 'stage'>): ProbeStage {
  return stage === 'data' || stage === 'message' ? stage : 'rcpt';
}
