export { escapeControl as visible } from '../../model/values/escape.js';

/** Cuts to `length` characters, never inside one, with `...` at the end. */
export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 3).join('')}...`;
}
