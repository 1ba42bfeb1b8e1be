import type { Readable } from 'node:stream';
import type { ExplainResult } from '../../contract/explain-result.js';
import { catalogueEntry, loadCatalogue } from '../../core/greylist/catalogue/index.js';
import type { CatalogueEntry } from '../../core/greylist/catalogue/schema.js';
import { readFileChunks, readStreamChunks } from '../../edges/system/read-bytes.js';
import type { InputFormat } from '../../mail/finding.js';
import { usageError } from '../../model/errors.js';
import { nearestNames } from '../../model/values/nearest.js';
import { explain, explainAll, explainText } from './explain.js';
import { filesLike, inOrderOfTime, isFile } from './input-files.js';

/** What the user asks to have explained: text or files, or (with neither) standard input. */
export interface ExplainRequest {
  /** The words of the command line: a reply, or names of files. */
  readonly words: readonly string[];
  /** Files that were named as such. */
  readonly files: readonly string[];
  readonly format: InputFormat | null;
  readonly top: number;
}

/** Standard input, and whether it is a terminal. */
export type StandardInput = Readable & { readonly isTTY?: boolean };

/**
 * Explains what the request names. Words that are all names of files, or a pattern that files fit, are
 * files. `ask` is called before a person is waited for at a terminal. Throws usage errors for a request
 * that names text and files.
 */
export async function explainRequest(
  { words, files, format, top }: ExplainRequest,
  stdin: StandardInput,
  ask: () => void = () => {},
): Promise<ExplainResult> {
  const options = { top, ...(format === null ? {} : { format }) };
  const text = words.join(' ');
  const isStdin = text === '-' || (text === '' && files.length === 0) || files.join() === '-';
  if (isStdin && (text === '' || files.length === 0)) {
    if (stdin.isTTY === true) ask();
    return explain(readStreamChunks(stdin), { ...options, name: 'stdin' });
  }
  const named = files.length === 0 ? filesIn(words) : [...files];
  if (files.length > 0 && text !== '') {
    throw usageError('two-inputs', 'Give a text or --file, not both.');
  }
  if (named.length > 0) {
    const inputs = (await inOrderOfTime(named)).map((name) => ({
      name,
      chunks: readFileChunks(name),
    }));
    return explainAll(inputs, options);
  }
  return withFileHint(text, await explainText(text, { ...options, name: 'text' }));
}

/** The files that all the words name; empty where one of them names none. */
function filesIn(words: readonly string[]): string[] {
  const found: string[] = [];
  for (const word of words) {
    const here = isFile(word) ? [word] : filesLike(word);
    if (here.length === 0) return [];
    found.push(...here);
  }
  return [...new Set(found)];
}

/** Someone who gives the name of a file that is not there means the file. */
function withFileHint(text: string, result: ExplainResult): ExplainResult {
  if (
    result.recognised ||
    !/^\S{1,400}\.(?:eml|log|txt|csv|msg|mbox|json|gz|xz|zst)$/i.test(text)
  ) {
    return result;
  }
  const message = `There is no file '${text}' here.`;
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
