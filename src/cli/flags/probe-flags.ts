import { Flags } from '@oclif/core';
import { SETTING_NAMES } from '../../tasks/settings/probe-settings.js';
import { type FlagValues, stateDirFlag } from './flags.js';
import { outputFlags } from './output-flags.js';
import { settingFlags } from './setting-flags.js';

export const probeFlags = {
  ...settingFlags(SETTING_NAMES),
  ...outputFlags,
  'no-wait': Flags.boolean({
    helpGroup: 'PLAN',
    default: false,
    description: 'Do what is due now, keep the run, and end; resume does the rest',
  }),
  'dry-run': Flags.boolean({
    helpGroup: 'PLAN',
    default: false,
    description: 'Show what would be tried when, without a connection or a question to the DNS',
    exclusive: ['all-hosts', 'no-wait', 'verbose', 'format', 'output'],
  }),
  'state-dir': stateDirFlag,
  verbose: Flags.boolean({
    helpGroup: 'OUTPUT',
    default: false,
    char: 'v',
    description: 'Show the SMTP conversation on stderr',
  }),
};

export type ProbeFlags = FlagValues<typeof probeFlags>;
