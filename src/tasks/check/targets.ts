import { existsSync } from 'node:fs';
import { DEFAULT_REQUEST } from '../../core/run/request.js';
import { GreyprobeError, retold, usageError } from '../../model/errors.js';
import { escapeControl } from '../../model/values/escape.js';
import { didYouMean } from '../../model/values/nearest.js';
import type { ProbeSettings } from '../settings/probe-settings.js';
import { type Environment, settingsFromEnvironment } from '../settings/read-settings.js';
import { toRequest } from '../settings/to-request.js';
import type { CheckTarget } from './check-target.js';
import { type LoadedConfig, loadConfig, mergeDefaults } from './config-file.js';
import type { ConfigDefaults, ConfigTarget } from './config-schema.js';
import { type Expectations, refuseContradiction } from './expectations.js';

const DEFAULT_CONFIGS = ['greyprobe.yaml', 'greyprobe.yml', 'greyprobe.json'];

/** What a command line asks to be checked, read. */
export interface CheckInput {
  readonly recipients: readonly string[];
  /** Configuration that was named; absent: the one of this folder, where no recipient is given. */
  readonly config?: string | undefined;
  readonly settings: ProbeSettings;
  readonly expect: Expectations;
  readonly environment: Environment;
}

/**
 * Everything to probe and to expect, parsed and checked before the first connection. Flags go before
 * the configuration, a target before the defaults, and the environment comes last. Recipients on the
 * command line choose among the targets, by address or name; others get the defaults.
 */
export function checkTargets(input: CheckInput): CheckTarget[] {
  const { recipients, settings, expect, environment } = input;
  const { file, config } = readConfig(recipients, input.config, environment);
  const targets = chosenTargets(recipients, config, file).map((target) => {
    const { name = target.recipient, recipient, suppressed, ...own } = target;
    const given = [own, { ...settings, expect }].reduce(mergeDefaults, config.defaults);
    const make = () => ({
      ...toTarget(name, recipient, given, environment),
      ...(suppressed === undefined ? {} : { suppressed }),
    });
    return file === null ? make() : named(name, make);
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
  environment: Environment,
): FoundConfig {
  const file =
    given ?? (recipients.length > 0 ? undefined : DEFAULT_CONFIGS.find((name) => existsSync(name)));
  if (file !== undefined) return { file, config: loadConfig(file, environment) };
  if (recipients.length > 0) return { file: null, config: { defaults: {}, targets: [] } };
  throw usageError(
    'no-targets',
    `Nothing to check: no recipient, no --config, and no ${DEFAULT_CONFIGS[0]} here.`,
    "As in: greyprobe check user@example.org --from 'probe-{nonce}@your.domain' --expect-opens-no-later-than 5m",
    'To begin with a configuration: greyprobe check --init',
  );
}

/** Of several targets, a problem names the one that it is about. */
function named<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    const who = escapeControl(name);
    throw error.message.includes(who) ? error : retold(error, `${who}: ${error.message}`);
  }
}

function nameOf({ name, recipient }: ConfigTarget): string {
  return name ?? recipient;
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
  const names = targets.map(nameOf);
  const hint = didYouMean(wanted, names);
  return usageError(
    'unknown-target',
    escapeControl(`'${wanted}' is no address, and ${file} has no target of that name.${hint}`),
    escapeControl(`Targets: ${names.join(', ')}.`),
  );
}

function toTarget(
  name: string,
  recipient: string,
  { expect = {}, ...given }: ConfigDefaults,
  environment: Environment,
): CheckTarget {
  refuseContradiction(name, expect);
  const settings = { ...settingsFromEnvironment(environment, given), ...given };
  if (settings.allHosts === true && settings.host !== undefined) {
    throw usageError(
      'all-hosts-of-one',
      `All mail hosts are to be measured, and ${settings.host} alone.`,
      'Leave one of allHosts and host out.',
    );
  }
  return {
    name,
    request: toRequest(recipient, { ...whatItTakes(expect), ...settings }),
    resolver: settings.resolver ?? null,
    allHosts: settings.allHosts ?? false,
    expectations: expect,
  };
}

/** What expectations need to be judged is looked for, where nobody says otherwise. */
function whatItTakes(expect: Expectations): ProbeSettings {
  const { opensNoLaterThan = 0, opensNoEarlierThan = 0, closesNoEarlierThan } = expect;
  // A limit beyond the longest wait could not be judged.
  const limit = Math.ceil(Math.max(opensNoLaterThan, opensNoEarlierThan) * 1.1);
  return {
    maxWait: Math.max(limit, DEFAULT_REQUEST.maxWaitSeconds),
    // Whether the window is still open is looked for just behind the limit.
    ...(closesNoEarlierThan === undefined
      ? {}
      : { closingAt: [Math.ceil(closesNoEarlierThan) + 1] }),
  };
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
