import type { Duration } from './hint-durations.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const ZONE = String.raw`(?:\s{0,2}(?<zone>Z|GMT|UTC|[+-]\d{2}:?\d{2}))?`;

const DATE_SHAPES: readonly RegExp[] = [
  // Mon Jan  5 10:11:12 2026 (ctime)
  /(?:[A-Z][a-z]{2} )?(?<month>[A-Z][a-z]{2})\s{1,2}(?<day>\d{1,2}) (?<h>\d{2}):(?<m>\d{2}):(?<s>\d{2})(?: (?<zone>GMT|UTC))? (?<year>\d{4})/,
  // Mon, 05 Jan 2026 10:11:12 +0000 (RFC 5322)
  new RegExp(
    String.raw`(?:[A-Z][a-z]{2}, )?(?<day>\d{1,2})[ -](?<month>[A-Z][a-z]{2})[ -](?<year>\d{4}) (?<h>\d{2}):(?<m>\d{2})(?::(?<s>\d{2}))?${ZONE}`,
  ),
  // 2026-01-05T10:11:12Z, 2026-01-05 10:11
  new RegExp(
    String.raw`(?<year>\d{4})-(?<number>\d{2})-(?<day>\d{2})[T ](?<h>\d{2}):(?<m>\d{2})(?::(?<s>\d{2})(?:\.\d{1,9})?)?${ZONE}`,
  ),
];

/** A date as the time that is left until then; null without a clock, or when it has passed. */
export function parseStatedDate(text: string, nowMs: number | undefined): Duration | null {
  if (nowMs === undefined) return null;
  for (const shape of DATE_SHAPES) {
    const hit = shape.exec(text);
    const atMs = hit?.groups === undefined ? null : epochMs(hit.groups);
    if (hit === null || atMs === null || atMs <= nowMs) continue;
    return {
      seconds: Math.round((atMs - nowMs) / 1000),
      meaning: 'remaining',
      granularitySeconds: 1,
      start: hit.index,
      length: hit[0].length,
    };
  }
  return null;
}

function epochMs(groups: Record<string, string | undefined>): number | null {
  const month =
    groups['number'] === undefined
      ? MONTHS.indexOf((groups['month'] ?? '').toLowerCase())
      : Number(groups['number']) - 1;
  const day = Number(groups['day']);
  if (month < 0 || month > 11 || day < 1 || day > 31) return null;
  const utc = Date.UTC(
    Number(groups['year']),
    month,
    day,
    Number(groups['h']),
    Number(groups['m']),
    Number(groups['s'] ?? 0),
  );
  return utc - zoneMinutes(groups['zone']) * 60_000;
}

function zoneMinutes(zone: string | undefined): number {
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (offset === null) return 0;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return offset[1] === '-' ? -minutes : minutes;
}
