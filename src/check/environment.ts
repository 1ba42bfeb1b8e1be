/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `${NAME}`, `${NAME:-otherwise}`; `$${` stands for `${`. */
const REFERENCE = /\$\$\{|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<otherwise>[^}]*))?\}/gu;

/** The text with its variables put in, and the names of those that are not set. */
export function expandVariables(
  text: string,
  environment: Environment,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const expanded = text.replace(REFERENCE, (whole, ...rest: unknown[]) => {
    if (whole === '$${') return '${';
    const groups = rest.at(-1);
    const { name = '', otherwise } = isGroups(groups) ? groups : {};
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    if (otherwise !== undefined) return otherwise;
    missing.push(name);
    return '';
  });
  return { text: expanded, missing };
}

function isGroups(value: unknown): value is Readonly<Record<string, string | undefined>> {
  return typeof value === 'object' && value !== null;
}
