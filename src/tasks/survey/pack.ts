import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { RunFold, type RunState } from '../../core/run/state.js';
import type { Scratch, ScratchPlace } from '../../edges/system/scratch.js';
import type { Reply } from '../../model/smtp.js';

/** The fold of a run that waits, small; or where it lies on the disk. */
export type PackedRun = Buffer | ScratchPlace;

/** Longer waits are spent packed. */
export const PACKED_FROM_MS = 5000;
/** Of a run that waits, in memory. */
export const MOST_PACKED_BYTES = 4096;

/** 2.6 KB for 29 attempts; what is larger, up to 8 KB for the longest plan, is put aside on the disk. */
export function packRun(state: RunState, scratch: Scratch): PackedRun {
  const bytes = packed(state);
  return bytes.length <= MOST_PACKED_BYTES ? bytes : (scratch.put(bytes) ?? bytes);
}

export function packed(state: RunState): Buffer {
  return deflateRawSync(serialize(state));
}

/** The fold again. What hosts said is shared, so that it is read once, not at each visit. */
export function unpackRun(run: PackedRun, scratch: Scratch): RunFold {
  const bytes = Buffer.isBuffer(run) ? run : scratch.take(run);
  const state: RunState = deserialize(inflateRawSync(bytes));
  for (const attempt of state.attempts) {
    const { end } = attempt;
    if (end !== null && end.reply !== null) attempt.end = { ...end, reply: shared(end.reply) };
  }
  return RunFold.from(state);
}

const MOST_REPLIES = 4096;
const REPLIES = new Map<string, Reply>();

/** One reply for all that say the same. */
function shared(reply: Reply): Reply {
  const key = JSON.stringify(reply);
  const known = REPLIES.get(key);
  if (known !== undefined) return known;
  if (REPLIES.size >= MOST_REPLIES) REPLIES.clear();
  REPLIES.set(key, reply);
  return reply;
}
