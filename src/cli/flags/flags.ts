import { Flags, type Interfaces } from '@oclif/core';

/** Of every command that reads or keeps runs. */
export const stateDirFlag = Flags.string({
  helpGroup: 'GLOBAL',
  description: 'Folder in which runs are kept, instead of the one of the system',
  env: 'GREYPROBE_STATE_DIR',
  helpValue: '<folder>',
});

/** Of every command that talks to the queue of a survey by workers. */
export const redisFlag = Flags.string({
  helpGroup: 'WORKERS',
  description:
    'Redis through which workers get visits: a URL, or a file with it; $GREYPROBE_REDIS_URL otherwise',
  helpValue: '<url|file>',
});

/** Of every command that holds the retries of senders against a window. */
export const scheduleFlags = {
  schedule: Flags.string({
    description: 'A sender of your own, by its waits from try to try; dots: the last goes on',
    helpValue: '<1m,5m,1h...>',
  }),
  set: Flags.string({
    description: "A sender's setting, as name=value; may be given again",
    multiple: true,
    default: [],
    helpValue: '<name=value>',
  }),
  'restarts-timer': Flags.boolean({
    description: 'The server starts the wait again at each early try',
    default: false,
  }),
};

export const svgFlag = Flags.string({
  description: 'Write the picture of the retries against the window',
  helpValue: '<file>',
});

/** What oclif makes of the flags of a command. */
export type FlagValues<T> = Omit<Interfaces.InferredFlags<T>, 'json'>;
