import { buildResult } from '../../contract/build-result.js';
import { exitCodeOf } from '../../contract/exit-code.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import type { GreyprobeError } from '../../model/errors.js';
import type { ExitCode } from '../../model/exit-codes.js';
import type { Driven } from '../runs/drive-kept.js';

/** What came of a run. */
export interface ProbeOutcome {
  readonly result: ProbeResult;
  readonly exit: ExitCode;
  /** Why the run could no longer be kept, and so was stopped; null: it could. */
  readonly failure: GreyprobeError | null;
}

/** The result of a run and its exit code. That it could not be kept is a warning of the result. */
export function outcomeOf({ state, version, failure }: Driven): ProbeOutcome {
  const result = buildResult(state, version);
  if (failure === null) return { result, exit: exitCodeOf(result), failure };
  const { code, message, exit } = failure;
  return {
    result: { ...result, warnings: [...result.warnings, { code, message }] },
    exit,
    failure,
  };
}
