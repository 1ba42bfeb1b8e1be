import { usageError } from '../errors.js';
import { excerpt } from './escape.js';

/** Marks that word processors put in place of quotes and hyphens, by what they are called. */
const TYPOGRAPHIC: readonly (readonly [marks: RegExp, called: string, meant: string])[] = [
  [/[\u2018-\u201f\u00ab\u00bb\u2039\u203a]/u, 'a typographic quotation mark', "' or nothing"],
  [/[\u2010-\u2015\u2212]/u, 'a typographic dash', '-'],
];

/**
 * Refuses what a word processor has made of quotes and hyphens (`typographic-mark`): it would become part of the
 * value, as in `‘a@b’`, a domain with a quotation mark in it. `kind`: of what it is no part, such as `a duration`.
 */
export function refuseTypographic(text: string, kind: string): void {
  for (const [marks, called, meant] of TYPOGRAPHIC) {
    const mark = marks.exec(text)?.[0];
    if (mark === undefined) continue;
    throw usageError(
      'typographic-mark',
      `'${excerpt(text)}' holds ${called} (${mark}), which is no part of ${kind}.`,
      `Write ${meant} in its place: a word processor or a web page has changed it.`,
    );
  }
}
