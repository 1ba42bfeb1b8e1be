/** How a text report is set: its width, and what makes a piece of text bold, faint or coloured. */
export interface Style {
  /** No line is longer, but for what is there to be copied: `LEAST_COLUMNS` to `MOST_COLUMNS`. */
  readonly columns: number;
  /** The answer itself: what a reader looks for first. */
  readonly answer: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
}

/** Reports can still be read in so few columns. */
export const LEAST_COLUMNS = 40;
/** Lines that are longer are hard to read. */
export const MOST_COLUMNS = 100;
/** Longer ones break in mails and logs. */
const FILE_COLUMNS = 80;

const same = (text: string): string => text;

/** For pipes and files: no colour, whatever the terminal. */
export const PLAIN: Style = {
  columns: FILE_COLUMNS,
  answer: same,
  strong: same,
  faint: same,
  good: same,
  bad: same,
  warning: same,
};
