/** Makes a piece of text bold, faint or coloured; the identity where there is no colour. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
}

const same = (text: string): string => text;

export const PLAIN: Style = { strong: same, faint: same, good: same, bad: same, warning: same };
