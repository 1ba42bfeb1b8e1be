import type { HistoryResult } from '../../contract/history-result.js';
import { parseDuration } from '../../model/values/duration.js';
import { ofFlag } from '../../model/values/flag-value.js';
import { historyOf } from '../../tasks/history/history.js';
import { type OutputFlagValues, parseOutputs } from '../flags/output-flags.js';
import { showPage, withPage } from '../terminal/show-page.js';
import { proveOutputs, type WriteOut, writeHistory } from '../terminal/write-outputs.js';

export interface HistoryFlags extends OutputFlagValues {
  readonly since?: string | undefined;
  readonly limit?: number | undefined;
  readonly 'state-dir'?: string | undefined;
}

/** `greyprobe history`: what runs have found over time, in every format that was asked for. */
export async function historyFromCommandLine(
  target: string,
  flags: HistoryFlags,
  { json, writeOut }: { readonly json: boolean; readonly writeOut: WriteOut },
): Promise<HistoryResult> {
  const open = flags.open === true;
  const outputs = await withPage(parseOutputs(flags, json), open);
  const { since, limit = null } = flags;
  const age = since === undefined ? null : ofFlag('--since', () => parseDuration(since));
  const sinceWallMs = age === null ? null : Date.now() - age * 1000;
  await proveOutputs(outputs);
  const result = historyOf(flags['state-dir'], target, { sinceWallMs, limit });
  await writeHistory(outputs, result, writeOut);
  await showPage(outputs, open);
  return result;
}
