import { homedir } from 'node:os';
import { join, posix, resolve, win32 } from 'node:path';
import { usageError } from '../../model/errors.js';

/** What the state folder is looked up from. */
export interface StateFolderSources {
  /** From `--state-dir`; null when it was not given. */
  readonly chosen: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

const RUNS = 'runs';

/**
 * The folder of the journals: `runs` in the state folder. That is the one chosen by the user
 * (`--state-dir`, then `GREYPROBE_STATE_DIR`), or `greyprobe` in `%LOCALAPPDATA%` on Windows and in
 * `$XDG_STATE_HOME` or `~/.local/state` elsewhere. The XDG specification ignores relative paths.
 *
 * Throws a usage error (`no-state-folder`) when there is no home folder to put it in.
 */
export function runsFolder(sources: StateFolderSources): string {
  const { environment, platform, home } = sources;
  const chosen = nonEmpty(sources.chosen) ?? nonEmpty(environment['GREYPROBE_STATE_DIR']);
  if (chosen !== null) return join(resolve(chosen), RUNS);
  const base = platform === 'win32' ? windowsBase(environment, home) : xdgBase(environment, home);
  if (base === null) {
    throw usageError(
      'no-state-folder',
      'There is no home folder to keep the run in.',
      'Name a folder with --state-dir.',
    );
  }
  return platform === 'win32'
    ? win32.join(base, 'greyprobe', RUNS)
    : posix.join(base, 'greyprobe', RUNS);
}

/** The folder of the journals on this machine, for this user. */
export function systemRunsFolder(chosen: string | null = null): string {
  return runsFolder({
    chosen,
    environment: process.env,
    platform: process.platform,
    home: homedir(),
  });
}

function windowsBase(environment: StateFolderSources['environment'], home: string): string | null {
  const local = nonEmpty(environment['LOCALAPPDATA']);
  if (local !== null && win32.isAbsolute(local)) return local;
  return home === '' ? null : win32.join(home, 'AppData', 'Local');
}

function xdgBase(environment: StateFolderSources['environment'], home: string): string | null {
  const state = nonEmpty(environment['XDG_STATE_HOME']);
  if (state !== null && posix.isAbsolute(state)) return state;
  return home === '' ? null : posix.join(home, '.local', 'state');
}

function nonEmpty(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' ? null : text;
}
