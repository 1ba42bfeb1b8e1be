import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { decodedChunks, readFileChunks } from '../../edges/system/read-bytes.js';
import { LogClock } from '../../mail/logs/log-clock.js';
import { readStamp } from '../../mail/logs/timestamps.js';

/** Bytes and lines of a file in which its first time is looked for. */
const HEAD_BYTES = 65_536;
const HEAD_LINES = 50;
const DAY_SECONDS = 86_400;

/** True for a file that can be read, not a folder. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isDirectory() === false;
  } catch {
    return false;
  }
}

/**
 * The files that a pattern names (`/var/log/mail.log*`), where the shell left it as it was; `*` and `?`
 * in the last part count. Empty for what is no pattern, and where nothing fits.
 */
export function filesLike(pattern: string): string[] {
  const last = basename(pattern);
  if (!/[*?]/.test(last) || pattern.includes('\n')) return [];
  const fits = new RegExp(
    `^${last
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  const folder = dirname(pattern);
  try {
    return readdirSync(folder)
      .filter((name) => fits.test(name))
      .map((name) => (folder === '.' && !pattern.startsWith('./') ? name : join(folder, name)))
      .filter(isFile)
      .sort();
  } catch {
    return [];
  }
}

/** The files by their first time, oldest first: names of rotated logs sort the other way. */
export async function inOrderOfTime(paths: readonly string[]): Promise<string[]> {
  if (paths.length < 2) return [...paths];
  const dated: { readonly path: string; readonly seconds: number }[] = [];
  for (const path of paths) dated.push({ path, seconds: await firstSeconds(path) });
  return dated.sort((a, b) => a.seconds - b.seconds).map(({ path }) => path);
}

/** When the file begins; where it names no time, when it was last written. */
async function firstSeconds(path: string): Promise<number> {
  const modified = statSync(path).mtimeMs / 1000;
  const year = new Date(modified * 1000).getUTCFullYear();
  for (const line of (await headOf(path)).split('\n', HEAD_LINES)) {
    const when = readStamp(line)?.when;
    const seconds = when === undefined ? null : new LogClock(year).seconds(when);
    if (when === undefined || seconds === null) continue;
    // A log begins before it was last written: else its year is the one before.
    const isLater = seconds > modified + DAY_SECONDS;
    return (isLater ? new LogClock(year - 1).seconds(when) : seconds) ?? seconds;
  }
  return modified;
}

async function headOf(path: string): Promise<string> {
  let head = '';
  for await (const chunk of decodedChunks(readFileChunks(path), () => {})) {
    head += chunk.toString('latin1');
    if (head.length >= HEAD_BYTES) break;
  }
  return head;
}
