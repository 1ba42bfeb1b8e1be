import { usageError } from '../../model/errors.js';
import { parseDuration } from '../../model/values/duration.js';
import { ofFlag } from '../../model/values/flag-value.js';
import { refuseTypographic } from '../../model/values/typographic.js';
import { type AgeWindow, exactWindow } from './acceptance-window.js';

/** Edges as given on the command line; absent ones are null. */
export interface GivenEdges {
  readonly opensAfter: string | null;
  readonly opensBy: string;
  readonly closesAfter: string | null;
  readonly closesBy: string | null;
}

/**
 * An edge: a duration, or a plain number of seconds, as the results of probes have them. Elsewhere
 * a bare number is refused; a window is one of ages in seconds wherever it is written.
 */
function parseEdge(text: string): number {
  return parseDuration(/^\s*\d+(?:\.\d+)?\s*$/u.test(text) ? `${text.trim()}s` : text);
}

/**
 * A window from given edges. An edge given by one bound is taken as exact; a closing edge that is
 * not given is unknown. Throws a usage error (`bad-duration`, `bad-window`).
 */
export function windowFromEdges(given: GivenEdges): AgeWindow {
  const opensBy = ofFlag('--opens-by', () => parseEdge(given.opensBy));
  const opensAfter = edge('--opens-after', given.opensAfter) ?? opensBy;
  const closesBy = edge('--closes-by', given.closesBy);
  const closesAfter = edge('--closes-after', given.closesAfter);
  const ascending = [opensAfter, opensBy, closesAfter, closesBy].filter((one) => one !== null);
  if (ascending.some((seconds, i) => seconds < (ascending[i - 1] ?? 0))) {
    throw usageError(
      'bad-window',
      'The window closes before it opens, or a bound lies on the wrong side of its partner.',
      'The order is: --opens-after, --opens-by, --closes-after, --closes-by.',
    );
  }
  return {
    opens: { afterSeconds: opensAfter, bySeconds: opensBy },
    closes: { afterSeconds: closesAfter, bySeconds: closesBy ?? closesAfter },
  };
}

function edge(flag: string, text: string | null): number | null {
  return text === null ? null : ofFlag(flag, () => parseEdge(text));
}

/** A window written `300s..48h` or `300..7200`. Throws a usage error (`bad-window`, `bad-duration`). */
export function parseWindow(text: string): AgeWindow {
  refuseTypographic(text, 'a window');
  const [from, to, more] = text.split('..');
  if (from === undefined || to === undefined || more !== undefined) {
    throw usageError(
      'bad-window',
      `${JSON.stringify(text.slice(0, 60))} is not a window.`,
      'Write the delay and the age at which it closes again: 300s..48h.',
    );
  }
  const opens = ofFlag('--window', () => parseEdge(from));
  const closes = ofFlag('--window', () => parseEdge(to));
  if (opens > closes) {
    throw usageError('bad-window', `The window ${from}..${to} closes before it opens.`);
  }
  return exactWindow(opens, closes);
}
