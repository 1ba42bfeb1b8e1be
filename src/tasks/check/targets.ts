import { existsSync } from 'node:fs';
import { GreyprobeError, retold, usageError } from '../../model/errors.js';
import { durationText, parseDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { nearestNames } from '../../model/values/nearest.js';
import { type CheckFlagValues, settingsFromFlags } from '../settings/check-settings.js';
import { type ProbeFlagValues, parseProbeRequest } from '../settings/to-request.js';
import type { CheckTarget } from './check-target.js';
import { type LoadedConfig, loadConfig } from './config-file.js';
import type { ConfigDefaults, ConfigTarget } from './config-schema.js';
import { countExpectations, type Expectations } from './expectations.js';
import { mergeDefaults } from './merge.js';
import { toExpectations } from './to-expectations.js';

/** What a probe does where neither flags nor configuration say otherwise. A test holds it to `probe`. */
export const PROBE_DEFAULTS = {
  port: 25,
  tls: 'opportunistic',
  timeout: '30s',
  stage: 'rcpt',
  'max-wait': '65m',
  resolution: '5s',
  'connections-per-hour': 30,
} as const;

const DEFAULT_CONFIGS = ['greyprobe.yaml', 'greyprobe.yml', 'greyprobe.json'];

export interface CheckInput {
  readonly recipients: readonly string[];
  readonly flags: CheckFlagValues;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Everything to probe and to expect, parsed and checked before the first connection. Flags go before
 * the configuration, a target before the defaults, and the environment comes last. Recipients on the
 * command line choose among the targets, by address or name; others get the defaults.
 */
export function checkTargets({ recipients, flags, environment }: CheckInput): CheckTarget[] {
  const { file, config } = readConfig(recipients, flags.config, environment);
  const fromFlags = settingsFromFlags(flags);
  const under = mergeDefaults(fromEnvironment(environment), config.defaults);
  const targets = chosenTargets(recipients, config, file).map((target) => {
    const settings = mergeDefaults(mergeDefaults(under, settingsOf(target)), fromFlags);
    return file === null
      ? toTarget(target, settings)
      : named(target, () => toTarget(target, settings));
  });
  if (targets.length === 0) {
    throw usageError(
      'no-targets',
      `Nothing to check: ${file ?? 'the configuration'} has no targets.`,
      'Give it targets, or give recipients.',
    );
  }
  refuseSameNames(targets);
  return targets;
}

/** Where the configuration came from; null: there is none. */
interface FoundConfig {
  readonly file: string | null;
  readonly config: LoadedConfig;
}

function readConfig(
  recipients: readonly string[],
  given: string | undefined,
  environment: CheckInput['environment'],
): FoundConfig {
  const file =
    given ?? (recipients.length > 0 ? undefined : DEFAULT_CONFIGS.find((name) => existsSync(name)));
  if (file !== undefined) return { file, config: loadConfig(file, environment) };
  if (recipients.length > 0) return { file: null, config: { defaults: {}, targets: [] } };
  throw usageError(
    'no-targets',
    `Nothing to check: no recipient, no --config, and no ${DEFAULT_CONFIGS[0]} here.`,
    "As in: greyprobe check user@example.org --from 'probe-{nonce}@your.domain' --expect-opens-by 5m",
  );
}

/** Of several targets, a problem names the one that it is about. */
function named(target: ConfigTarget, make: () => CheckTarget): CheckTarget {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    const who = escapeControl(nameOf(target));
    throw error.message.includes(who) ? error : retold(error, `${who}: ${error.message}`);
  }
}

function nameOf({ name, recipient }: ConfigTarget): string {
  return name ?? recipient;
}

function fromEnvironment(environment: CheckInput['environment']): ConfigDefaults {
  const { GREYPROBE_FROM: from, GREYPROBE_HELO: helo, GREYPROBE_RESOLVER: resolver } = environment;
  return {
    ...(from ? { from } : {}),
    ...(helo ? { helo } : {}),
    ...(resolver ? { resolver } : {}),
  };
}

function chosenTargets(
  recipients: readonly string[],
  { targets }: LoadedConfig,
  file: string | null,
): readonly ConfigTarget[] {
  if (recipients.length === 0) return targets;
  return recipients.flatMap((wanted) => {
    const fitting = targets.filter(
      ({ name, recipient }) => recipient === wanted || name === wanted,
    );
    if (fitting.length > 0) return fitting;
    if (file !== null && !wanted.includes('@')) throw unknownTarget(wanted, targets, file);
    return [{ recipient: wanted }];
  });
}

function unknownTarget(
  wanted: string,
  targets: readonly ConfigTarget[],
  file: string,
): GreyprobeError {
  const [nearest] = nearestNames(wanted, targets.map(nameOf), 1);
  const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
  return usageError(
    'unknown-target',
    escapeControl(`'${wanted}' is no address, and ${file} has no target of that name.${hint}`),
    escapeControl(`Targets: ${targets.map(nameOf).join(', ')}.`),
  );
}

function settingsOf({ name: _, recipient: __, ...settings }: ConfigTarget): ConfigDefaults {
  return settings;
}

function toTarget(target: ConfigTarget, settings: ConfigDefaults): CheckTarget {
  const name = nameOf(target);
  const expectations = toExpectations(name, settings.expect ?? {});
  if (countExpectations(expectations) === 0) {
    throw usageError(
      'nothing-expected',
      `Nothing is expected of ${name}, so that the check could never fail.`,
      'Add expectations, such as --expect-verdict greylisted or --expect-opens-by 5m.',
    );
  }
  return {
    name,
    request: parseProbeRequest(target.recipient, flagValues(settings, expectations)),
    resolver: settings.resolver ?? null,
    expectations,
  };
}

/** The settings as the flags of a probe; what expectations need to be judged is looked for. */
function flagValues(settings: ConfigDefaults, expectations: Expectations): ProbeFlagValues {
  return {
    from: settings.from,
    helo: settings.helo,
    host: settings.host,
    port: settings.port ?? PROBE_DEFAULTS.port,
    'source-ip': settings.sourceIp,
    ipv4: settings.family === 'ipv4',
    ipv6: settings.family === 'ipv6',
    tls: settings.tls ?? PROBE_DEFAULTS.tls,
    timeout: settings.timeout ?? PROBE_DEFAULTS.timeout,
    stage: settings.stage ?? PROBE_DEFAULTS.stage,
    deliver: false,
    key: false,
    'retry-at': settings.retryAt?.join(','),
    'max-wait': settings.maxWait ?? longEnough(expectations),
    resolution: settings.resolution ?? PROBE_DEFAULTS.resolution,
    window: settings.window?.join(',') ?? closingAges(expectations),
    'connections-per-hour': settings.connectionsPerHour ?? PROBE_DEFAULTS['connections-per-hour'],
  };
}

/** A limit beyond the longest wait could not be judged. */
function longEnough({ opensNoLaterThan = 0, opensNoEarlierThan = 0 }: Expectations): string {
  const limit = Math.max(opensNoLaterThan, opensNoEarlierThan) * 1.1;
  const usual = parseDuration(PROBE_DEFAULTS['max-wait']);
  return limit > usual ? durationText(Math.ceil(limit)) : PROBE_DEFAULTS['max-wait'];
}

/** Whether the window is still open is looked for just behind the limit. */
function closingAges({ closesNoEarlierThan }: Expectations): string | undefined {
  return closesNoEarlierThan === undefined
    ? undefined
    : durationText(Math.ceil(closesNoEarlierThan) + 1);
}

/** Reports tell targets apart by their names. */
function refuseSameNames(targets: readonly CheckTarget[]): void {
  const seen = new Set<string>();
  for (const { name } of targets) {
    if (seen.has(name)) {
      throw usageError(
        'same-name',
        `Two targets are called ${name}.`,
        'Give each its own name: in the configuration.',
      );
    }
    seen.add(name);
  }
}
