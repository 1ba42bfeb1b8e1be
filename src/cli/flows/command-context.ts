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
