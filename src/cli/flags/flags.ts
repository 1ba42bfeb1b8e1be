import { Flags, type Interfaces } from '@oclif/core';

/** Of every command that reads or keeps runs. */
export const stateDirFlag = Flags.string({
  helpGroup: 'GLOBAL',
  description: 'Folder in which runs are kept, instead of the one of the system',
  env: 'GREYPROBE_STATE_DIR',
  helpValue: '<folder>',
});

/** What oclif makes of the flags of a command. */
export type FlagValues<T> = Omit<Interfaces.InferredFlags<T>, 'json'>;
