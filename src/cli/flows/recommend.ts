import type { RecommendResult } from '../../contract/recommend-result.js';
import type { RecommendFlags } from '../../tasks/recommend/with-files.js';
import { recommend } from '../../tasks/recommend/with-files.js';
import { type OutputFlagValues, parseOutputs } from '../flags/output-flags.js';
import { showPage, withPage } from '../terminal/show-page.js';
import { proveOutputs, type WriteOut, writeRecommended } from '../terminal/write-outputs.js';

/** `greyprobe recommend`: what to set, in every format that was asked for. */
export async function recommendFromCommandLine(
  flags: RecommendFlags & OutputFlagValues,
  { json, writeOut }: { readonly json: boolean; readonly writeOut: WriteOut },
): Promise<RecommendResult> {
  const open = flags.open === true;
  const outputs = await withPage(parseOutputs(flags, json), open);
  await proveOutputs(outputs);
  const result = await recommend(flags, process.stdin);
  await writeRecommended(outputs, result, writeOut);
  await showPage(outputs, open);
  return result;
}
