import { statSync } from 'node:fs';
import { windowOf } from '../../contract/build-result.js';
import type { RunSummary } from '../../contract/run-list.js';
import { assess } from '../../core/evidence/assess.js';
import { verdictOf } from '../../core/evidence/verdict.js';
import { nextDueWallMs } from '../../core/plan/next-due.js';
import { RunFold, type RunState } from '../../core/run/state.js';
import type { StoredRun } from '../../edges/journal/find.js';
import type { JournalHeader } from '../../edges/journal/header.js';
import { lockHolder } from '../../edges/journal/lock.js';
import { streamJournal } from '../../edges/journal/reader.js';
import { GreyprobeError } from '../../model/errors.js';

/** A stored run as its journal tells it. */
export interface LoadedRun {
  readonly header: JournalHeader;
  readonly state: RunState | null;
  readonly torn: boolean;
}

/** Reads and folds a journal piece by piece. Throws as `readJournal` does. */
export function loadRun(path: string): LoadedRun {
  const stream = streamJournal(path);
  const fold = new RunFold();
  for (const event of stream) fold.apply(event);
  return { header: stream.header, state: fold.state, torn: stream.torn };
}

/** What to tell of a stored run in a list. One that cannot be read is told as such. */
export function summarise({ run, path }: StoredRun): RunSummary {
  try {
    const { state } = loadRun(path);
    return state === null ? withoutState(run, path, 'empty', null) : withState(run, path, state);
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    if (error.code === 'journal-empty') return withoutState(run, path, 'empty', null);
    return withoutState(run, path, 'unreadable', { code: error.code, message: error.message });
  }
}

function withoutState(
  run: string,
  path: string,
  state: 'empty' | 'unreadable',
  problem: RunSummary['problem'],
): RunSummary {
  return {
    run,
    path,
    state,
    target: null,
    startedAt: null,
    lastEventAt: changedAt(path),
    nextDueAt: null,
    verdict: null,
    window: null,
    connections: 0,
    attempts: 0,
    heldBy: null,
    problem,
  };
}

function withState(run: string, path: string, state: RunState): RunSummary {
  const holder = state.finished === null ? lockHolder(path) : null;
  const due = nextDueWallMs(state);
  const assessment = assess(state);
  const { kind, confidence } = verdictOf(state, assessment);
  return {
    run,
    path,
    state: stateWord(state, holder !== null),
    target: state.request.recipient,
    startedAt: timestamp(state.started.wallMs),
    lastEventAt: timestamp(state.lastAt.wallMs),
    nextDueAt: due === null ? null : timestamp(due),
    verdict: { kind, confidence },
    window: kind === 'greylisted' ? windowOf(assessment) : null,
    connections: state.sessions.length,
    attempts: state.attempts.length,
    heldBy: holder === null ? null : { pid: holder.process.pid, host: holder.process.host },
    problem: null,
  };
}

/** A run without a last word was killed: it can be resumed like one that was interrupted. */
function stateWord(state: RunState, held: boolean): RunSummary['state'] {
  if (state.finished !== null) return 'finished';
  if (held) return 'running';
  return state.paused?.reason === 'not-yet' ? 'waiting' : 'interrupted';
}

function changedAt(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : stats.mtime.toISOString();
}

/** Times in a damaged or hostile journal can be beyond what a date holds. */
function timestamp(wallMs: number): string {
  const date = new Date(wallMs);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}
