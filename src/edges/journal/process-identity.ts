import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import * as v from 'valibot';
import { errorCode } from '../../model/errors.js';

/**
 * A process, so that another one with the same number is not taken for it. `place` is the realm in
 * which the number means something: a boot of a machine and a process namespace (containers). `start`
 * tells processes of one number apart. Both are null where the system does not say.
 */
export const ProcessIdentitySchema = v.object({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  host: v.pipe(v.string(), v.maxLength(255)),
  place: v.nullable(v.string()),
  start: v.nullable(v.string()),
});
export type ProcessIdentity = Readonly<v.InferOutput<typeof ProcessIdentitySchema>>;

/** A holder whose process cannot be seen counts as gone after this long without a sign of life. */
const SILENT_MS = 120_000;

/** This process. */
export function thisProcess(): ProcessIdentity {
  const { pid } = process;
  return { pid, host: hostname(), place: thisPlace(), start: processStart(pid)?.start ?? null };
}

/**
 * Whether the process that holds a lock still lives. Where it can be seen, its number and start
 * decide. Elsewhere (another machine or container on one folder, or a system that tells no start
 * times) its last sign of life does.
 */
export function isAlive(
  holder: ProcessIdentity,
  touchedWallMs: number,
  nowWallMs: number,
): boolean {
  const recent = Math.abs(nowWallMs - touchedWallMs) < SILENT_MS;
  const place = thisPlace();
  if (holder.host !== hostname() || holder.place !== place) {
    return rebooted(holder.place, place) && holder.host === hostname() ? false : recent;
  }
  if (place === null || holder.start === null) return recent && exists(holder.pid);
  const now = processStart(holder.pid);
  return now !== null && !now.ended && now.start === holder.start;
}

/** The same machine and namespace, started anew: nothing of the boot before lives. */
function rebooted(before: string | null, now: string | null): boolean {
  if (before === null || now === null) return false;
  const [bootBefore, realmBefore] = before.split(' ');
  const [bootNow, realmNow] = now.split(' ');
  return bootBefore !== bootNow && realmBefore === realmNow;
}

function thisPlace(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

/** Start of a process in ticks since boot, and whether it ended but was not collected (proc(5)). */
function processStart(pid: number): { readonly start: string; readonly ended: boolean } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0] ?? '';
    const start = fields[19];
    return start === undefined ? null : { start, ended: 'ZXx'.includes(state) };
  } catch {
    return null;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return errorCode(error) === 'EPERM';
  }
}
