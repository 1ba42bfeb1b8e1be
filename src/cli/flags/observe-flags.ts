import { Flags } from '@oclif/core';
import { type FlagValues, stateDirFlag } from './flags.js';
import { outputFlags } from './output-flags.js';
import { settingFlagsOf } from './setting-flags.js';

export const observeFlags = {
  since: Flags.string({
    description: 'Only what was logged from then on, by the time of the log',
    helpValue: '2026-01-31[T12:00]',
  }),
  until: Flags.string({
    description: 'Only what was logged before then',
    helpValue: '2026-02-28[T12:00]',
  }),
  host: Flags.string({
    description: 'Only mail hosts of this name, domain or address',
    helpValue: '<host>',
  }),
  top: Flags.integer({ description: 'Rows in each list', default: 20, min: 1, max: 100_000 }),
  for: Flags.string({
    description: 'The sender whose settings are compared; default: who wrote the log',
    helpValue: '<sender>',
  }),
  set: Flags.string({
    description: 'A setting that the sender has, as name=value; may be given again',
    multiple: true,
    multipleNonGreedy: true,
    default: [],
    helpValue: '<name=value>',
  }),
  anonymise: Flags.boolean({
    description: 'Show no address of a person; names of hosts stay',
    default: false,
  }),
  probe: Flags.integer({
    helpGroup: 'PROBE',
    description: 'Go on and probe so many of the hosts that the log does not decide; asks first',
    helpValue: '<count>',
    min: 1,
    max: 50,
    exclusive: ['follow', 'anonymise'],
  }),
  follow: Flags.boolean({
    description: 'Read on as the last log grows; files of --output are written every minute',
    default: false,
  }),
  ...settingFlagsOf('probe', ['helo', 'sourceIp', 'port', 'resolver', 'retryAt', 'maxWait']),
  'state-dir': stateDirFlag,
  ...outputFlags,
};

export type ObserveFlags = FlagValues<typeof observeFlags>;
