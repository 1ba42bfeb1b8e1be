import * as v from 'valibot';
import { GreyprobeError } from '../model/errors.js';
import { CheckResultSchema } from './check-result.js';
import { HostsResultSchema } from './hosts-result.js';
import { type ProbeResult, ProbeResultSchema } from './probe-result.js';
import type { Report } from './report.js';

const SchemaNameSchema = v.object({ schema: v.string() });

/**
 * Reads what `--json`, `--format json` or `--format ndjson` wrote: a result, an array of results, or
 * lines of events and results. Throws `not-a-result`, naming `shown` and what is wrong.
 */
export function readReport(text: string, shown: string): Report {
  const values = valuesIn(text, shown).filter((value) => schemaOf(value) !== EVENT);
  const [first] = values;
  if (values.length === 0) throw notAResult(shown, 'there is no result in it');
  const schema = values.length === 1 ? schemaOf(first) : null;
  if (schema === CHECK) return { kind: 'check', result: parsed(CheckResultSchema, first, shown) };
  if (schema === HOSTS) return { kind: 'hosts', result: parsed(HostsResultSchema, first, shown) };
  const results: ProbeResult[] = values.map((value) => parsed(ProbeResultSchema, value, shown));
  return { kind: 'probes', results };
}

const EVENT = 'greyprobe.event.v1';
const CHECK = 'greyprobe.check-result.v1';
const HOSTS = 'greyprobe.hosts-result.v1';

function valuesIn(text: string, shown: string): readonly unknown[] {
  const whole = jsonOf(text);
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const value = jsonOf(line);
      if (value === undefined) throw notAResult(shown, `line ${index + 1} is not JSON`);
      return value;
    });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function schemaOf(value: unknown): string | null {
  const found = v.safeParse(SchemaNameSchema, value);
  return found.success ? found.output.schema : null;
}

function parsed<T extends v.GenericSchema>(
  schema: T,
  value: unknown,
  shown: string,
): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw notAResult(shown, `${where === null ? '' : `${where}: `}${issue.message}`);
}

function notAResult(shown: string, why: string): GreyprobeError {
  return new GreyprobeError('not-a-result', `${shown} is not a result of greyprobe: ${why}.`, {
    suggestions: [
      'Give a file that --json or --format json wrote, or a run that greyprobe runs lists.',
    ],
  });
}
