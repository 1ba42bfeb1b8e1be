import { expect } from 'chai';
import {
  LEAST_COLUMNS,
  MOST_COLUMNS,
  PLAIN,
  type Style,
} from '../../../../src/report/text/style.js';
import { columnsOf } from '../../../../src/report/text/wrap.js';

/** The bounds, and a width at which tables are wider than the terminal but text is not cramped. */
const WIDTHS = [LEAST_COLUMNS, 60, 80, MOST_COLUMNS] as const;

/** Texts that are long in each of the ways that matter to a line. */
export const LONG_TEXTS: readonly string[] = [
  'n'.repeat(600),
  'long words '.repeat(60),
  'ü€😀'.repeat(60),
  '漢字'.repeat(90),
];

/**
 * Expects what a renderer writes to be no wider than its columns, in narrow and in wide terminals,
 * and to show no control character. Only lines that are there to be copied may be wider.
 */
export function expectToFit(
  render: (style: Style) => string,
  isCopied: (line: string) => boolean = () => false,
): void {
  for (const columns of WIDTHS) {
    const lines = render({ ...PLAIN, columns }).split('\n');
    const wide = lines.filter((line) => columnsOf(line) > columns && !isCopied(line));
    expect(wide, `wider than ${columns} columns`).to.deep.equal([]);
    expect(lines.filter((line) => /\p{Cc}/u.test(line))).to.deep.equal([]);
  }
}
