import { readFileSync } from 'node:fs';
import { end } from './end.js';

/** Fewer than Node.js and the modules of a command may want at once. */
const FEW_FILES = 256;
const EXIT_MACHINE_LIMIT = 71;
const LIMITS = {
  EMFILE: 'it may open no more files (ulimit -n)',
  ENFILE: 'the whole machine has too many files open',
  ENOMEM: 'there is no memory left',
};
const RAISE = 'Raise the limit, or end other programs, and run it again.';

/**
 * Tells, in one sentence, of a limit of this machine that kept greyprobe's own modules from being read,
 * and ends the process. Returns where the error has another cause. Imports nothing of greyprobe: that
 * could not be read either.
 */
export function endAtMachineLimit(error, words) {
  const limit = LIMITS[error?.code] ?? (isNotFound(error) && fewFiles() ? LIMITS.EMFILE : null);
  if (limit === null) return;
  const message = `This machine has reached a limit while greyprobe was read from the disk: ${limit}.`;
  end(words, EXIT_MACHINE_LIMIT, 'machine-limit', message, RAISE);
}

/** With no descriptor left, Node.js says that a package cannot be found. */
function isNotFound(error) {
  return /^(?:ERR_)?MODULE_NOT_FOUND$|^ERR_INVALID_PACKAGE/.test(error?.code ?? '');
}

function fewFiles() {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity) < FEW_FILES;
  } catch (error) {
    return error?.code === 'EMFILE';
  }
}
