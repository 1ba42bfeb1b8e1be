import { escapeControl } from '../../model/values/escape.js';

/** Any text as one line that no reader of a log takes for a command. */
export function visible(text: string): string {
  return escapeControl(text);
}

/** Cuts to `length` characters, never inside one, with `...` at the end. */
export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 3).join('')}...`;
}
