import { ofFlag } from '../../model/values/flag-value.js';
import {
  flagName,
  gatherSettings,
  type ProbeSettings,
  type SettingName,
} from './probe-settings.js';
import type { Setting } from './setting.js';

/** Flags by name, as a parser of command lines gives them: texts, numbers, true and false. */
export type GivenFlags = Readonly<Record<string, unknown>>;

/** The settings among the flags of a command, read. Throws usage errors that name the flag. */
export function settingsFromFlags(flags: GivenFlags): ProbeSettings {
  return gatherSettings((setting, name) => fromFlags(setting, flagName(name), flags));
}

function fromFlags<T>({ value }: Setting<T>, flag: string, flags: GivenFlags): T | undefined {
  const given = flags[flag];
  switch (value.kind) {
    case 'text':
    case 'ages':
      return typeof given === 'string' ? ofFlag(`--${flag}`, () => value.parse(given)) : undefined;
    case 'integer':
      return typeof given === 'number' ? value.of(given) : undefined;
    case 'choice':
      return value.choices.find((one) =>
        value.switches === undefined ? one === given : flags[one] === true,
      );
    case 'toggle':
      return typeof given === 'boolean' ? value.of(given) : undefined;
  }
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment gives beyond what is given already: that is not even looked at. */
export function settingsFromEnvironment(
  environment: Environment,
  given: ProbeSettings,
): ProbeSettings {
  return gatherSettings((setting, name) => fromVariable(setting, name, environment, given));
}

function fromVariable<T>(
  { env, value }: Setting<T>,
  name: SettingName,
  environment: Environment,
  given: ProbeSettings,
): T | undefined {
  if (env === undefined || value.kind !== 'text' || name in given) return undefined;
  const written = environment[env];
  // A variable that is empty was not meant.
  return written ? ofFlag(env, () => value.parse(written)) : undefined;
}
