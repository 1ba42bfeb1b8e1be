import { Flags } from '@oclif/core';
import { settingFlagsOf } from './setting-flags.js';

/** A flag that belongs to --server. */
const WITH_SERVER = { dependsOn: ['server'], helpGroup: 'SERVER' };

/** Flags of `simulate --server`: the server, and how it is probed. */
export const serverFlags = {
  server: Flags.string({
    description: 'Probe the model of this greylister, such as postgrey',
    helpValue: '<id>',
    helpGroup: 'SERVER',
    exclusive: ['for', 'set', 'svg'],
  }),
  delay: Flags.string({
    ...WITH_SERVER,
    description: 'Delay of the server; default: as it is shipped, or that of --window',
    helpValue: '<duration>',
  }),
  from: Flags.string({
    ...WITH_SERVER,
    description: 'Senders: pool (a new one whenever needed, the default), one, or as for probe',
    helpValue: 'pool|one|<sender>',
  }),
  ...settingFlagsOf(
    'server',
    ['stage', 'retryAt', 'maxWait', 'resolution', 'closingAt', 'connectionsPerHour'],
    {
      stage: 'How far each try goes; default: as far as the server defers',
      closingAt: 'Also look when the window closes, at these ages',
      connectionsPerHour: 'Most connections to the server within an hour; default: 30',
    },
  ),
  seed: Flags.integer({
    ...WITH_SERVER,
    description: 'Another seed gives other latencies and senders; default: 1',
    min: 0,
  }),
};
