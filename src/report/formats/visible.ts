import { codePoint, escapeControl } from '../../model/values/escape.js';

/**
 * Any text as one line of valid Unicode that no reader of a log takes for a command. Control
 * characters, line ends, lone surrogates and noncharacters come out as visible escapes, and so does
 * the `##` of `##[error]`, `##vso[` and `##teamcity[`, which build servers obey anywhere in a line.
 */
export function visible(text: string): string {
  return escapeControl(text)
    .replace(/\p{Surrogate}|\p{Noncharacter_Code_Point}/gu, codePoint)
    .replace(/#(?=#\w*\[)/gu, codePoint);
}

/** Cuts to `length` characters, never inside one, with `...` at the end. */
export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 3).join('')}...`;
}
