import { Flags, type Interfaces } from '@oclif/core';
import {
  FILE_SETTING_NAMES,
  flagName,
  PROBE_SETTINGS,
  type SettingName,
} from '../../tasks/settings/probe-settings.js';
import type { AnySetting } from '../../tasks/settings/setting.js';

/*
 * The flags of the settings of a probe, made from their table. What oclif reads from them goes
 * through `settingsFromFlags`, so that one place says what is wrong with a value.
 */

type SettingFlag = ReturnType<typeof flagOf>;

/** What flags of one command have in common, over what their settings say. */
interface Manner {
  /** False: something else has the word where a flag is not given, so that oclif knows no default. */
  readonly isLast: boolean;
  /** Only what a configuration may choose too. */
  readonly isAsInFiles?: boolean;
  readonly describe: (setting: AnySetting) => string;
  readonly helpGroup?: string;
  readonly dependsOn?: string[];
}

const PROBE: Manner = {
  isLast: true,
  describe: ({ help, otherwise }) =>
    otherwise === undefined ? help : `${help}; default: ${otherwise}`,
};

/** What is not given leaves the word to the configuration, then to the environment. */
const CHECK: Manner = {
  isLast: false,
  isAsInFiles: true,
  describe: ({ help, inFile = help, value }) =>
    value.kind === 'choice' && value.inFile !== value.choices ? inFile.replace(/\.$/u, '') : help,
};

/** Flags that belong to another one. */
const belongingTo = (flag: string): Manner => ({
  isLast: false,
  describe: ({ help, otherwise, value }) =>
    `${help}; default: ${'default' in value ? value.default : otherwise}`,
  helpGroup: flag.toUpperCase(),
  dependsOn: [flag],
});

export function settingFlags(names: readonly SettingName[]): Interfaces.FlagInput {
  return flagsOf(names, PROBE);
}

export const checkSettingFlags = flagsOf(FILE_SETTING_NAMES, CHECK);

/** Settings of the probe that another flag asks for. `words`: where the help of `probe` does not fit. */
export function settingFlagsOf(
  flag: string,
  names: readonly SettingName[],
  words: Partial<Record<SettingName, string>> = {},
) {
  const flags = flagsOf(names, belongingTo(flag));
  for (const [name, description] of Object.entries(words)) {
    const flag = flags[flagName(name)];
    if (flag !== undefined) flag.description = description;
  }
  return flags;
}

function flagsOf(names: readonly SettingName[], manner: Manner): Record<string, SettingFlag> {
  const flags = names.flatMap((name) => {
    const { value } = PROBE_SETTINGS[name];
    return value.kind === 'choice' && value.switches !== undefined
      ? switchesOf(PROBE_SETTINGS[name].group, value.switches)
      : [[flagName(name), flagOf(PROBE_SETTINGS[name], manner)] as const];
  });
  return Object.fromEntries(flags);
}

function switchesOf(helpGroup: string, switches: Readonly<Record<string, string>>) {
  return Object.entries(switches).map(([name, description]) => {
    const exclusive = Object.keys(switches).filter((other) => other !== name);
    return [name, Flags.boolean({ helpGroup, description, exclusive, default: false })] as const;
  });
}

function flagOf(setting: AnySetting, { isLast, isAsInFiles = false, describe, ...more }: Manner) {
  const { group, formerName, env, exclusive, value } = setting;
  const common = {
    helpGroup: group,
    description: describe(setting),
    ...(formerName === undefined ? {} : { aliases: [flagName(formerName)] }),
    ...(exclusive === undefined ? {} : { exclusive: [...exclusive] }),
    ...(env !== undefined && isLast ? { env } : {}),
    ...more,
  };
  switch (value.kind) {
    case 'toggle':
      return Flags.boolean({ ...common, ...(isLast ? { default: false } : {}) });
    case 'integer': {
      const { min, max } = value;
      return Flags.integer({ ...common, min, max, ...(isLast ? { default: value.default } : {}) });
    }
    case 'choice': {
      const options: readonly string[] = isAsInFiles ? value.inFile : value.choices;
      return Flags.option({ ...common, options, ...(isLast ? { default: value.default } : {}) })();
    }
    case 'ages':
      return Flags.string({ ...common, helpValue: '<durations>' });
    case 'text': {
      const { placeholder: helpValue, default: byDefault } = value;
      const shown = isLast && byDefault !== undefined ? { default: byDefault } : {};
      return Flags.string({ ...common, helpValue, ...shown });
    }
  }
}
