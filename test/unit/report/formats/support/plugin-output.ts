/*
 * A reader of monitoring plugins' output, written from the guidelines' grammar: a first line of
 * text, `|` and performance data; then lines of text, in which a `|` would begin more data.
 */

const FIRST_LINE =
  /^(?<service>[A-Z]+) (?<state>OK|WARNING|CRITICAL|UNKNOWN) - (?<text>[^|\n]*) \| (?<data>[^|\n]+)$/u;

/** 'label'=value[UOM];[warn];[crit];[min];[max] */
const NUMBER = '-?[0-9]+(?:\\.[0-9]+)?';
const RANGE = `@?(?:(?:${NUMBER}|~)?:)?(?:${NUMBER})?`;
const DATUM = new RegExp(
  `^(?<label>[^ ='|]+|'(?:[^'=|]|'')+')=(?<value>${NUMBER}|U)(?<unit>s|us|ms|%|B|KB|MB|GB|TB|c|)(?:;(?:${RANGE})(?:;(?:${RANGE})(?:;(?:${NUMBER})?(?:;(?:${NUMBER})?)?)?)?)?$`,
  'u',
);

export interface PluginOutput {
  readonly state: string;
  readonly text: string;
  readonly data: Readonly<Record<string, { readonly value: number; readonly unit: string }>>;
  /** The lines after the first. */
  readonly lines: readonly string[];
}

/** Throws when the output is not as the guidelines say. */
export function readPlugin(output: string): PluginOutput {
  if (!output.endsWith('\n')) throw new Error('no line end at the end');
  const [first = '', ...lines] = output.slice(0, -1).split('\n');
  const parts = FIRST_LINE.exec(first)?.groups;
  if (parts === undefined) throw new Error(`not a status line: ${first}`);
  if (lines.some((line) => line.includes('|'))) throw new Error('data among the long text');
  if (/[\p{Cc}\u2028\u2029]/u.test(output.replaceAll('\n', ''))) throw new Error('controls');
  const data = (parts['data'] ?? '').split(' ').map((datum) => {
    const { label, value, unit } = DATUM.exec(datum)?.groups ?? {};
    if (label === undefined) throw new Error(`not performance data: ${datum}`);
    return [label, { value: Number(value), unit: unit ?? '' }] as const;
  });
  const labels = data.map(([label]) => label);
  if (new Set(labels).size !== labels.length) throw new Error('a label stands twice');
  return {
    state: parts['state'] ?? '',
    text: parts['text'] ?? '',
    data: Object.fromEntries(data),
    lines,
  };
}
