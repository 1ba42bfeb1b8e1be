import { Flags } from '@oclif/core';
import { type FlagValues, redisFlag, stateDirFlag } from './flags.js';

const WORKERS = 'WORKERS';

export const workerFlags = {
  redis: redisFlag,
  'source-ip': Flags.string({
    helpGroup: WORKERS,
    required: true,
    description: 'Addresses of this machine that visits are made from, with commas between',
    helpValue: '<ip,...>',
  }),
  concurrency: Flags.integer({
    helpGroup: WORKERS,
    default: 100,
    min: 1,
    max: 10_000,
    description: 'Connections at a time from each address, for each survey',
  }),
  'allow-private': Flags.boolean({
    helpGroup: WORKERS,
    default: false,
    description: 'Visit hosts with addresses that the public internet does not reach, too',
  }),
  'allow-port': Flags.integer({
    helpGroup: WORKERS,
    multiple: true,
    multipleNonGreedy: true,
    min: 1,
    max: 65_535,
    description: 'Visit this port, too; may be given more than once; default: 25 alone',
  }),
  'connections-per-hour': Flags.integer({
    helpGroup: WORKERS,
    default: 30,
    min: 1,
    max: 1000,
    description: 'Refuse the visits of surveys that want more than that of one address',
  }),
  quiet: Flags.boolean({
    helpGroup: WORKERS,
    default: false,
    char: 'q',
    description: 'Tell nothing each minute on stderr',
  }),
  'state-dir': stateDirFlag,
};

export type WorkerFlags = FlagValues<typeof workerFlags>;
