import { Flags } from '@oclif/core';
import { PROBE_STAGES } from '../../model/smtp.js';

/** A flag that belongs to --server. */
const WITH_SERVER = { dependsOn: ['server'], helpGroup: 'SERVER' };

/** Flags of `simulate --server`: the server, and how it is probed. */
export const serverFlags = {
  server: Flags.string({
    description: 'Probe the model of this greylister, such as postgrey',
    helpValue: '<id>',
    helpGroup: 'SERVER',
    exclusive: ['sender', 'set', 'svg'],
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
  stage: Flags.option({
    ...WITH_SERVER,
    description: 'How far each try goes; default: as far as the server defers',
    options: PROBE_STAGES,
  })(),
  'retry-at': Flags.string({
    ...WITH_SERVER,
    description: 'Ages at which to retry, such as 30s,1m,5m; default: planned by greyprobe',
    helpValue: '<durations>',
  }),
  'max-wait': Flags.string({
    ...WITH_SERVER,
    description: 'Longest age to wait for; default: 65m',
    helpValue: '<duration>',
  }),
  resolution: Flags.string({
    ...WITH_SERVER,
    description: 'How narrow the opening should be known; default: 5s',
    helpValue: '<duration>',
  }),
  'closing-at': Flags.string({
    ...WITH_SERVER,
    description: 'Also look when the window closes, at these ages, as --window of probe does',
    helpValue: '<durations>',
  }),
  'connections-per-hour': Flags.integer({
    ...WITH_SERVER,
    description: 'Most connections to the server within an hour; default: 30',
    min: 2,
    max: 1000,
  }),
  seed: Flags.integer({
    ...WITH_SERVER,
    description: 'Another seed gives other latencies and senders; default: 1',
    min: 0,
  }),
};
