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
} as const satisfies Readonly<Record<string, () => Promise<Reporter>>>;

export type FormatName = keyof typeof FORMATS;

export const FORMAT_NAMES: readonly FormatName[] = Object.keys(FORMATS).filter(isFormatName);

function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(FORMATS, name);
}
