import type { Reporter } from './reporter.js';

/** Each format's reporter, loaded when it is asked for, in the order in which help lists them. */
export const FORMATS = {
  text: async () => (await import('./text.js')).text,
  json: async () => (await import('./json.js')).json,
  ndjson: async () => (await import('./json.js')).ndjson,
  junit: async () => (await import('./junit.js')).junit,
  tap: async () => (await import('./tap.js')).tap,
  nagios: async () => (await import('./nagios.js')).nagios,
  prometheus: async () => (await import('./prometheus.js')).prometheus,
  markdown: async () => (await import('./markdown.js')).markdown,
  github: async () => (await import('./github.js')).github,
  csv: async () => (await import('./csv.js')).csv,
  html: async () => (await import('./html.js')).html,
  svg: async () => (await import('./svg.js')).svg,
} as const satisfies Readonly<Record<string, () => Promise<Reporter>>>;

export type FormatName = keyof typeof FORMATS;

export const FORMAT_NAMES: readonly FormatName[] = Object.keys(FORMATS).filter(isFormatName);

/** Endings of files beside the names of the formats themselves. */
const ENDINGS: Readonly<Record<string, FormatName>> = {
  htm: 'html',
  jsonl: 'ndjson',
  md: 'markdown',
  prom: 'prometheus',
  txt: 'text',
  xml: 'junit',
};

/** The format that a file's name ends in, in any case: `report.html`, `a.xml`. Null: in none. */
export function formatOfName(file: string): FormatName | null {
  const ending = /\.([a-z]+)$/iu.exec(file)?.[1]?.toLowerCase() ?? '';
  if (isFormatName(ending)) return ending;
  return Object.hasOwn(ENDINGS, ending) ? (ENDINGS[ending] ?? null) : null;
}

function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(FORMATS, name);
}
