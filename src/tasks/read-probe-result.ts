import * as v from 'valibot';
import { ObserveResultSchema } from '../contract/observe-result.js';
import { ProbeResultSchema, WindowSchema } from '../contract/probe-result.js';
import { readJournal } from '../edges/journal/reader.js';
import { readInput } from '../edges/system/read-bytes.js';
import { usageError } from '../model/errors.js';
import { keptRun, resultIn } from './read-source.js';

/** What advice needs of a result: results of versions that held less, or hold more, are read too. */
const MeasuredSchema = v.pick(ProbeResultSchema, [
  'schema',
  'target',
  'verdict',
  'window',
  'warnings',
]);

export type MeasuredResult = v.InferOutput<typeof MeasuredSchema>;

/** What advice needs of what logs told. */
const ObservedSchema = v.object({
  ...v.pick(ObserveResultSchema, ['schema']).entries,
  sent: v.nullable(
    v.object({
      hosts: v.array(
        v.object({
          host: v.nullable(v.string()),
          address: v.nullable(v.string()),
          window: WindowSchema,
          probed: v.optional(v.object({ window: v.nullable(WindowSchema) })),
        }),
      ),
    }),
  ),
});

export type ObservedResult = v.InferOutput<typeof ObservedSchema>;

/** A result of a long run with many attempts stays far below. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Reads a run that is kept, or what `probe --json` or `observe --json` printed: a file or, for `-`,
 * `stdin`. A file goes before a run of its name. Throws a usage error: `cannot-read-file`, `unknown-run`,
 * or `bad-result` for what is not such a result.
 */
export async function readMeasurement(
  path: string,
  stdin: AsyncIterable<unknown>,
  stateDir: string | null,
): Promise<MeasuredResult | ObservedResult> {
  const run = keptRun(path, stateDir);
  if (run !== null) return resultIn(readJournal(run.path), run.path);
  const next = ['Give the file that "greyprobe probe --json" was written to.'];
  const bytes = await readInput({ path, stdin, mostBytes: MOST_BYTES, next });
  return parsedBy(
    v.variant('schema', [MeasuredSchema, ObservedSchema]),
    bytes.toString('utf8'),
    path,
  );
}

export function parseProbeResult(text: string, path: string): MeasuredResult {
  return parsedBy(MeasuredSchema, text, path);
}

function parsedBy<T>(schema: v.GenericSchema<unknown, T>, text: string, path: string): T {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw badResult(path, 'is not JSON');
  }
  const parsed = v.safeParse(schema, raw);
  if (parsed.success) return parsed.output;
  const where = parsed.issues[0] === undefined ? null : v.getDotPath(parsed.issues[0]);
  throw badResult(
    path,
    `is not a probe result${where === null ? '' : ` (see ${JSON.stringify(where.slice(0, 80))})`}`,
  );
}

function badResult(path: string, what: string): Error {
  const name = path === '-' ? 'What came on standard input' : JSON.stringify(path);
  return usageError(
    'bad-result',
    `${name} ${what}.`,
    'Give it what "greyprobe probe --json" printed.',
  );
}
