import type { Reporter } from './reporter.js';

/** The output formats, in the order in which help lists them. */
export const FORMAT_NAMES = [
  'text',
  'json',
  'ndjson',
  'junit',
  'tap',
  'nagios',
  'prometheus',
  'markdown',
  'github',
  'csv',
] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** Each format's reporter, loaded when it is asked for. */
export const FORMATS: Readonly<Record<FormatName, () => Promise<Reporter>>> = {
  text: async () => (await import('./text.js')).text,
  json: async () => (await import('./json.js')).json,
  ndjson: async () => (await import('./ndjson.js')).ndjson,
  junit: async () => (await import('./junit.js')).junit,
  tap: async () => (await import('./tap.js')).tap,
  nagios: async () => (await import('./nagios.js')).nagios,
  prometheus: async () => (await import('./prometheus.js')).prometheus,
  markdown: async () => (await import('./markdown.js')).markdown,
  github: async () => (await import('./github.js')).github,
  csv: async () => (await import('./csv.js')).csv,
};
