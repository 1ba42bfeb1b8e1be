import { EXIT, type ExitCode } from './exit-codes.js';

/**
 * A failure that people can act on: what happened, to what, and what to do next.
 * Everything that reaches a command as an expected failure is one of these.
 */
export class GreyprobeError extends Error {
  override readonly name = 'GreyprobeError';
  /** Stable, kebab-case, for scripts. */
  readonly code: string;
  readonly exit: ExitCode;
  readonly suggestions: readonly string[];

  constructor(
    code: string,
    message: string,
    options: { exit?: ExitCode; suggestions?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exit = options.exit ?? EXIT.usage;
    this.suggestions = options.suggestions ?? [];
  }
}

/** The `code` of an error of the system or of Node.js, such as `ENOSPC`; '' where it has none. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The same problem in other words: code, exit and suggestions stay. */
export function retold(error: GreyprobeError, message: string): GreyprobeError {
  const { code, exit, suggestions } = error;
  return new GreyprobeError(code, message, { exit, suggestions, cause: error });
}

/** Wrong usage: exit 2. */
export function usageError(
  code: string,
  message: string,
  ...suggestions: readonly string[]
): GreyprobeError {
  return new GreyprobeError(code, message, { exit: EXIT.usage, suggestions });
}
