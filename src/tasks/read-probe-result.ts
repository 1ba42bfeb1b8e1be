import { open } from 'node:fs/promises';
import * as v from 'valibot';
import { ProbeResultSchema } from '../contract/probe-result.js';
import { reasonOf } from '../edges/system/disk-error.js';
import { usageError } from '../model/errors.js';

/** What advice needs of a result: results of versions that held less, or hold more, are read too. */
const MeasuredSchema = v.pick(ProbeResultSchema, [
  'schema',
  'target',
  'verdict',
  'window',
  'warnings',
]);

export type MeasuredResult = v.InferOutput<typeof MeasuredSchema>;

/** A result of a long run with many attempts stays far below. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Reads what `probe --json` printed, from a file or, for `-`, from `stdin`. Throws a usage error:
 * `cannot-read`, or `bad-result` for what is not such a result.
 */
export async function readProbeResult(
  path: string,
  stdin: AsyncIterable<unknown>,
): Promise<MeasuredResult> {
  const text = path === '-' ? await readBounded(stdin, path) : await readFileBounded(path);
  return parseProbeResult(text, path);
}

export function parseProbeResult(text: string, path: string): MeasuredResult {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw badResult(path, 'is not JSON');
  }
  const parsed = v.safeParse(MeasuredSchema, raw);
  if (parsed.success) return parsed.output;
  const where = parsed.issues[0] === undefined ? null : v.getDotPath(parsed.issues[0]);
  throw badResult(
    path,
    `is not a probe result${where === null ? '' : ` (see ${JSON.stringify(where.slice(0, 80))})`}`,
  );
}

async function readFileBounded(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw usageError(
      'cannot-read',
      `${JSON.stringify(path)} cannot be read: ${reasonOf(error)}.`,
      'Give the file that "greyprobe probe --json" was written to.',
    );
  });
  try {
    return await readBounded(file.createReadStream({ autoClose: false }), path);
  } finally {
    await file.close();
  }
}

async function readBounded(stream: AsyncIterable<unknown>, path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      bytes += part.length;
      if (bytes > MOST_BYTES) throw badResult(path, 'is too long for a probe result');
      chunks.push(part);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') {
      throw usageError('cannot-read', `${JSON.stringify(path)} is a folder.`);
    }
    throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function badResult(path: string, what: string): Error {
  const name = path === '-' ? 'What came on standard input' : JSON.stringify(path);
  return usageError(
    'bad-result',
    `${name} ${what}.`,
    'Give it what "greyprobe probe --json" printed.',
  );
}
