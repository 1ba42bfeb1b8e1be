import { endAtMachineLimit } from './machine-limit.js';

const words = process.argv.slice(2);
try {
  const { flush, handle, run } = await import('@oclif/core');
  await run(words, import.meta.url)
    .then(() => flush())
    .catch((error) => {
      endAtMachineLimit(error, words);
      return handle(error);
    });
} catch (error) {
  endAtMachineLimit(error, words);
  throw error;
}
