/*
 * Times at the beginning of a log line, as they stand: RFC 3339 (`2026-01-05T10:00:00+01:00`),
 * Exim and others (`2026-01-05 10:00:00`), traditional syslog (`Jan  5 10:00:00`). A priority as
 * collectors keep it may stand before: `<22>` (RFC 3164 §4.1.1), `<22>1 ` (RFC 5424 §6.2).
 */

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec';
const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[ ]?[+-]\d\d:?\d\d)?/;
const PRIORITY = /^<\d{1,3}>(?:\d{1,2} )?/;
const SYSLOG = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d/;

export interface LogStamp {
  readonly when: string;
  /** What follows the time, with its leading blank cut. */
  readonly rest: string;
}

/** The time at the beginning of the line; null when there is none. */
export function readStamp(logged: string): LogStamp | null {
  const line = logged.startsWith('<') ? logged.replace(PRIORITY, '') : logged;
  const code = line.charCodeAt(0);
  const isDigit = code >= 48 && code <= 57;
  const found = (isDigit ? ISO : SYSLOG).exec(line)?.[0];
  if (found === undefined) return null;
  if (!isDigit && !MONTHS.includes(found.slice(0, 3))) return null;
  return { when: found, rest: line.slice(found.length).trimStart() };
}
