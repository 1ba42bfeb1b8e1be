import { type Judgement, SUPPRESSED, type Suppression } from '../../contract/check-result.js';
import { usageError } from '../../model/errors.js';
import { notJudged } from './judgement.js';

/**
 * The judgements of a target that is known to be bad: until the end of a day what does not hold is not judged,
 * and shown with the reason. `nowWallMs`: Unix time.
 */
export function suppress(
  judgements: readonly Judgement[],
  { until, reason }: Suppression,
  nowWallMs: number,
): Judgement[] {
  const isOver = new Date(nowWallMs).toISOString().slice(0, until.length) > until;
  return judgements.map((one) => {
    if (isOver || one.outcome === 'passed') return one;
    const found = `${one.found} (suppressed until ${until}: ${reason})`;
    return notJudged(one, SUPPRESSED, found, one.values);
  });
}

/** Reads a day, as `2026-12-31`. Throws `bad-date`. */
export function parseDay(text: string): string {
  const ms = /^\d{4}-\d\d-\d\d$/u.test(text) ? Date.parse(text) : Number.NaN;
  // The 31st of a shorter month would be the first of the next one.
  if (Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text)) return text;
  throw usageError(
    'bad-date',
    `${JSON.stringify(text.slice(0, 40))} is not a day.`,
    'Write it as 2026-12-31.',
  );
}
