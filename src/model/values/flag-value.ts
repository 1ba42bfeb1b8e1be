import { GreyprobeError, retold } from '../errors.js';

/**
 * Reads the value of a flag. What is wrong with it is told with the flag in front, since many flags
 * take the same kind of value.
 */
export function ofFlag<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GreyprobeError) || error.message.startsWith('--')) throw error;
    throw retold(error, `${flag}: ${error.message}`);
  }
}
