import { createRequire } from 'node:module';
import * as v from 'valibot';

/** The parser is CommonJS without types: what it returns is checked here. */
const parse: unknown = createRequire(import.meta.url)('parse-prometheus-text-format');

const FamiliesSchema = v.array(
  v.object({
    name: v.string(),
    help: v.string(),
    type: v.literal('GAUGE'),
    metrics: v.array(
      v.object({
        value: v.string(),
        labels: v.optional(v.record(v.string(), v.string()), {}),
        timestamp_ms: v.optional(v.undefined()),
      }),
    ),
  }),
);

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metrics {
  readonly samplesOf: (name: string) => readonly Sample[];
  readonly valuesOf: (name: string) => readonly number[];
}

/** Reads metrics with an independent parser. Throws for what a collector would refuse. */
export function readMetrics(text: string): Metrics {
  if (typeof parse !== 'function') throw new Error('the parser is not a function');
  const families = v.parse(FamiliesSchema, parse(text));
  const declared = text.split('\n').filter((line) => line.startsWith('# TYPE ')).length;
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  const samples = families.flatMap(({ name, metrics }) =>
    metrics.map(({ labels, value }) => ({ name, labels, value: Number(value) })),
  );
  if (families.length !== declared) throw new Error('a family is declared twice or not at all');
  if (samples.length !== lines) throw new Error(`${lines} lines, ${samples.length} samples`);
  if (samples.some(({ value }) => !Number.isFinite(value))) throw new Error('not a number');
  const series = samples.map(({ name, labels }) => JSON.stringify([name, labels]));
  if (new Set(series).size !== series.length) throw new Error('a series stands twice');
  const samplesOf = (name: string) => samples.filter((one) => one.name === name);
  return { samplesOf, valuesOf: (name) => samplesOf(name).map(({ value }) => value) };
}
