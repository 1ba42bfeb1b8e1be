import type { ProbeFlagValues } from '../../tasks/settings/to-request.js';
import type { OutputFlagValues } from '../flags/output-flags.js';

/** The flags of `greyprobe probe` as oclif gives them. */
export interface ProbeCommandFlags extends ProbeFlagValues, OutputFlagValues {
  readonly resolver?: string | undefined;
  readonly verbose: boolean;
  readonly 'no-wait': boolean;
  readonly 'all-hosts': boolean;
  readonly 'state-dir'?: string | undefined;
}

/** What a command knows of how it was called, and where its words go. */
export interface CommandContext {
  /** What the user wrote behind the name of the command. */
  readonly words: readonly string[];
  readonly json: boolean;
  readonly version: string;
  /** Writes a line or more to standard output. */
  readonly writeOut: (text: string) => void;
  /** Writes a line to standard error. */
  readonly writeNote: (text: string) => void;
}
