import type { CheckOutcome } from '../contract/check-result.js';
import type { ProbeResult } from '../contract/probe-result.js';

/** How a command finds a result again. */
export interface Again {
  /** Words that name the result to `report` and `recommend`, quoted for a shell; null: it is not kept. */
  readonly source: readonly string[] | null;
  /** The words of the command that shows all of it. */
  readonly details: readonly string[];
  /** `--resolver` and its value where the run had one, to look at the same DNS. */
  readonly resolver: readonly string[];
}

/** How much of a result people are shown, and how they get at the rest. */
export interface View {
  /** `screen`: the answer, within 14 lines of 80 columns. `details`: everything. `verdict`: one line. */
  readonly depth: 'screen' | 'details' | 'verdict';
  readonly again: (result: ProbeResult) => Again;
  /** Of a check, targets of these outcomes alone; none: all. */
  readonly only?: readonly CheckOutcome[];
}

/** Of a result that is nowhere kept. */
export const SCREEN: View = {
  depth: 'screen',
  again: () => ({ source: null, details: [], resolver: [] }),
};
