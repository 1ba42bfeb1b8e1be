import { createRequire } from 'node:module';
import { errorCode, usageError } from '../../model/errors.js';

const require = createRequire(import.meta.url);

/** The queue and its client. They need not be installed: whoever surveys from one process lacks nothing. */
export interface QueueLibraries {
  readonly bullmq: typeof import('bullmq');
  readonly ioredis: typeof import('ioredis');
}

/** Loads them, where they are needed. Throws `queue-not-installed`. */
export function loadQueueLibraries(load: (name: string) => unknown = require): QueueLibraries {
  return { bullmq: loaded(load, 'bullmq'), ioredis: loaded(load, 'ioredis') };
}

function loaded<T>(load: (name: string) => unknown, name: 'bullmq' | 'ioredis'): T {
  try {
    return load(name) as T;
  } catch (error) {
    if (errorCode(error) !== 'MODULE_NOT_FOUND') throw error;
    throw usageError(
      'queue-not-installed',
      `Workers need the package ${name} of npm, which is not installed.`,
      'Install both beside greyprobe: npm install --global bullmq@6 ioredis@6',
      'Where greyprobe came as a package or as one file, name the folder: NODE_PATH=$(npm root --global)',
      'A survey without --redis needs neither.',
    );
  }
}
