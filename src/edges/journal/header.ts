import * as v from 'valibot';
import { GreyprobeError } from '../../model/errors.js';
import type { Frozen } from '../../model/frozen.js';

export const JOURNAL_FORMAT = 'greyprobe.journal.v1';

const FAMILY = /^greyprobe\.journal\.v(?<version>\d+)$/u;

/** The first line of a journal: what the file is, and which version of greyprobe began the run. */
const HeaderSchema = v.object({ journal: v.literal(JOURNAL_FORMAT), version: v.string() });
export type JournalHeader = Frozen<v.InferOutput<typeof HeaderSchema>>;

/**
 * Reads the first line of a journal. Throws `journal-too-new` for a later format, and `not-a-journal`
 * for anything else. `path` is only for the message.
 */
export function parseHeader(value: unknown, path: string): JournalHeader {
  const parsed = v.safeParse(HeaderSchema, value);
  if (parsed.success) return parsed.output;
  const format = v.safeParse(
    v.object({ journal: v.string(), version: v.optional(v.string()) }),
    value,
  );
  const version = format.success
    ? FAMILY.exec(format.output.journal)?.groups?.['version']
    : undefined;
  if (version !== undefined && Number(version) > 1) {
    throw new GreyprobeError(
      'journal-too-new',
      `${path} was written in journal format ${version}; this greyprobe reads format 1.`,
      { suggestions: ['Use the greyprobe that began the run, or a newer one.'] },
    );
  }
  throw new GreyprobeError('not-a-journal', `${path} is not a journal of greyprobe.`, {
    suggestions: ['List the runs that are kept with: greyprobe runs'],
  });
}
