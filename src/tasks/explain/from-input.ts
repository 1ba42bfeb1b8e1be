import type { Readable } from 'node:stream';
import type { ExplainResult } from '../../contract/explain-result.js';
import { catalogueEntry, loadCatalogue } from '../../core/greylist/catalogue/index.js';
import type { CatalogueEntry } from '../../core/greylist/catalogue/schema.js';
import { readFileChunks, readStreamChunks } from '../../edges/system/read-bytes.js';
import type { InputFormat } from '../../mail/finding.js';
import { usageError } from '../../model/errors.js';
import { nearestNames } from '../../model/values/nearest.js';
import { explain, explainText } from './explain.js';

/** What the user asks to have explained: text, a file, or (with neither) standard input. */
export interface ExplainRequest {
  readonly text: string;
  readonly file: string | null;
  readonly format: InputFormat | null;
  readonly top: number;
}

/** Standard input, and whether it is a terminal. */
export type StandardInput = Readable & { readonly isTTY?: boolean };

/** Explains what the request names. Throws usage errors for a request that names nothing, or two. */
export async function explainRequest(
  request: ExplainRequest,
  stdin: StandardInput,
): Promise<ExplainResult> {
  const { text, file } = request;
  const options = {
    top: request.top,
    ...(request.format === null ? {} : { format: request.format }),
  };
  if (file !== null && text !== '') {
    throw usageError('two-inputs', 'Give a text or --file, not both.');
  }
  if (file !== null && file !== '-') {
    return explain(readFileChunks(file), { ...options, name: file });
  }
  if (text !== '' && text !== '-') {
    return withFileHint(text, await explainText(text, { ...options, name: 'text' }));
  }
  if (stdin.isTTY === true) {
    throw usageError(
      'no-input',
      'There is nothing to explain.',
      "A reply:   greyprobe explain '450 4.7.1 Greylisted'",
      'A file:    greyprobe explain --file bounce.eml',
      'A stream:  mailq | greyprobe explain -',
    );
  }
  return explain(readStreamChunks(stdin), { ...options, name: 'stdin' });
}

/** Someone who gives a file name as the text means the file. */
function withFileHint(text: string, result: ExplainResult): ExplainResult {
  if (result.recognised || !/^\S{1,400}\.(?:eml|log|txt|csv|msg|mbox|gz)$/i.test(text))
    return result;
  const message = `To explain the file, name it with --file: greyprobe explain --file ${text}`;
  return { ...result, warnings: [...result.warnings, { code: 'perhaps-a-file', message }] };
}

/** The entry of the catalogue. Throws a usage error that names the nearest ids. */
export function entryNamed(id: string): CatalogueEntry {
  const entry = catalogueEntry(id.toLowerCase());
  if (entry !== null) return entry;
  const ids = loadCatalogue().map((known) => known.id);
  const near = nearestNames(id, ids, 5);
  throw usageError(
    'unknown-id',
    `The catalogue has no entry '${id.slice(0, 64)}'.`,
    ...(near.length > 0 ? [`Near it: ${near.join(', ')}`] : []),
    'All entries: greyprobe explain --catalogue',
  );
}
