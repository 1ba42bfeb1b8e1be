import { GreyprobeError } from '../../../../../src/model/errors.js';

/** The expected failure that an act ends in; any other outcome fails the test. */
export function problemOf(act: () => unknown): GreyprobeError {
  try {
    act();
  } catch (error) {
    if (error instanceof GreyprobeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
