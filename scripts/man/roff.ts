/**
 * Text for man(7): no character of it is a command of roff.
 * `a-b \ .c` becomes `a\-b \e .c`; a dot or an apostrophe at the start of a line gets `\&` before it.
 */
export function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(?=[.'])/gmu, '\\&');
}

export const bold = (text: string) => `\\fB${roff(text)}\\fR`;
export const italic = (text: string) => `\\fI${roff(text)}\\fR`;

/** A section; empty where nothing is in it. */
export function section(title: string, ...lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${quoted(title)}`, ...lines];
}

export function subsection(title: string, ...lines: readonly string[]): readonly string[] {
  return [`.SS ${quoted(title)}`, ...lines];
}

/** An entry: what is explained, already roff, and the words about it. */
export function entry(term: string, text: string): readonly string[] {
  return ['.TP', term, roff(text)];
}

/** Lines that stay as they are. */
export function verbatim(...lines: readonly string[]): readonly string[] {
  return ['.nf', ...lines.map(roff), '.fi'];
}

/** A page. `summary` follows the name in NAME, as `apropos` and `whatis` read it. */
export function page(
  { name, section: number, version }: PageName,
  summary: string,
  ...lines: readonly string[]
): string {
  const head = `.TH ${quoted(name.toUpperCase())} ${number} "" ${quoted(`greyprobe ${version}`)}`;
  const named = section('NAME', `${roff(name)} \\- ${roff(summary.replace(/\.$/u, ''))}`);
  return `${[head, ...named, ...lines].join('\n')}\n`;
}

export interface PageName {
  readonly name: string;
  readonly section: 1 | 5;
  readonly version: string;
}

function quoted(text: string): string {
  return `"${roff(text).replaceAll('"', '\\(dq')}"`;
}
