import type { Environment } from '../settings/read-settings.js';

export interface Expanded {
  readonly text: string;
  readonly missing: readonly string[];
  readonly malformed: readonly string[];
}

/** `${NAME}`, `${NAME:-otherwise}`; `$${` stands for `${`; any other `${` is a slip. */
const REFERENCE =
  /\$\$\{|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<otherwise>[^}]*))?\}|(?<slip>\$\{[^}]*\}?)/gu;

/**
 * The text with its variables put in, the names of those that are not set, and what begins like a
 * reference and is none. `$`, `{` and `}` may stand in an address: left alone, it would be probed.
 */
export function expandVariables(text: string, environment: Environment): Expanded {
  const missing: string[] = [];
  const malformed: string[] = [];
  const expanded = text.replace(REFERENCE, (whole, ...rest: unknown[]) => {
    if (whole === '$${') return '${';
    const groups = rest.at(-1);
    const { name = '', otherwise, slip } = isGroups(groups) ? groups : {};
    if (slip !== undefined) {
      malformed.push(slip);
      return '';
    }
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    if (otherwise !== undefined) return otherwise;
    missing.push(name);
    return '';
  });
  return { text: expanded, missing, malformed };
}

function isGroups(value: unknown): value is Readonly<Record<string, string | undefined>> {
  return typeof value === 'object' && value !== null;
}
