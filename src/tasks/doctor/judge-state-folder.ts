import { type Finding, failed, ok } from './finding.js';

/** What came of writing into the folder of the runs; `folder` is null where there is no such place. */
export type FolderTrial =
  | { readonly kind: 'writable'; readonly folder: string }
  | { readonly kind: 'unusable'; readonly folder: string | null; readonly reason: string };

/** Judges the folder in which runs are kept: without it no probe begins. */
export function judgeStateFolder(trial: FolderTrial): Finding {
  if (trial.kind === 'writable') return ok(`Runs can be kept in ${trial.folder}.`);
  const next = 'Name a folder that can be written with --state-dir, or set GREYPROBE_STATE_DIR.';
  if (trial.folder === null) return failed(trial.reason, next);
  return failed(`Runs cannot be kept in ${trial.folder}: ${trial.reason}.`, next);
}
