import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FormatName } from '../../report/formats/index.js';
import type { Output } from '../flags/output-flags.js';
import { writeNote } from './output-streams.js';

/** What a browser shows, the best first. */
const PAGES: readonly FormatName[] = ['html', 'svg'];

/** The outputs, and with `--open` a page among them: in a folder that nobody else reads where none was asked for. */
export async function withPage(
  outputs: readonly Output[],
  open: boolean,
): Promise<readonly Output[]> {
  if (!open || pageOf(outputs) !== null) return outputs;
  const folder = await mkdtemp(join(tmpdir(), 'greyprobe-'));
  return [...outputs, { format: 'html', file: join(folder, 'report.html') }];
}

/** With `--open`: shows the page that was written, or says where it is. */
export async function showPage(
  outputs: readonly Output[],
  open: boolean,
  show: ShowFile = showBySystem,
  note: (text: string) => void = writeNote,
): Promise<void> {
  const file = open ? pageOf(outputs) : null;
  if (file === null) return;
  const failed = await show(file);
  note(failed === null ? `The page: ${file}` : `${failed} Open this file in a browser: ${file}`);
}

/** Shows a file to the person at this machine; what is in the way, as a sentence, where it cannot. */
export type ShowFile = (file: string) => Promise<string | null>;

/** Loaded when it is needed: nearly no command shows a page. */
async function showBySystem(file: string): Promise<string | null> {
  const { showFile } = await import('../../edges/system/show-file.js');
  return showFile(file);
}

function pageOf(outputs: readonly Output[]): string | null {
  const found = PAGES.flatMap((page) =>
    outputs.filter(({ format, file }) => format === page && file !== null),
  );
  return found[0]?.file ?? null;
}
