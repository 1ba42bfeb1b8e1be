import type { Edge } from '../../model/time.js';
import { formatDuration } from '../../model/values/duration.js';
import { bracketText } from '../../model/values/seconds-text.js';

/** A run that was made to wait, of one that was let in at once. */
export interface GreylistedBefore {
  /** Its word, as `report` takes it. */
  readonly word: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly opens: Edge;
  /** The greylister, and how long it knows whom it let in, as it is shipped; null where that is not known. */
  readonly product: string | null;
  readonly whitelistSeconds: number | null;
}

/**
 * `It greylisted on 2026-11-03 (run qzkw): a retry passed after 299 to 303 s. It has let you in since:
 * Postgrey knows for 35 d whom it let in.`
 */
export function greylistedBeforeText(before: GreylistedBefore): string {
  const { word, startedAt, opens, product, whitelistSeconds } = before;
  const passed =
    opens.bySeconds === null ? 'no retry passed' : `a retry passed after ${bracketText(opens)}`;
  const knows =
    product === null || whitelistSeconds === null
      ? 'such lists know for days or weeks whom they let in'
      : `${product} knows for ${formatDuration(whitelistSeconds)} whom it let in, as it is shipped`;
  return `It greylisted on ${startedAt.slice(0, 10)} (run ${word}): ${passed}. It lets you in now: ${knows}.`;
}
