/**
 * JSON that is safe to show as well as to parse: what a terminal or a build server would obey stands
 * as `\uXXXX`, which parsers read back as the same text. Lone surrogates are escaped by
 * `JSON.stringify` itself.
 */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(
    OBEYED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * DEL and C1; bidirectional controls, zero-width and line separators, BOM; U+FFFE and U+FFFF, which
 * YAML does not take raw; the `##` of commands to build servers. All of these can stand in strings
 * only, and C0 was escaped before.
 */
const OBEYED =
  /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff]|#(?=#\w*\[)/gu;
