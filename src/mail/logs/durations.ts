const UNIT_SECONDS: Readonly<Record<string, number>> = {
  w: 604_800,
  d: 86_400,
  h: 3600,
  m: 60,
  s: 1,
};

/** `15m2.1s`, `1d2h3m4s`, `0.7s`: seconds, or null for anything else. */
export function unitSeconds(text: string): number | null {
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?[wdhms]){1,5}$/.test(text)) return null;
  let seconds = 0;
  for (const [, value, unit = ''] of text.matchAll(/([\d.]+)([wdhms])/g)) {
    seconds += Number(value) * (UNIT_SECONDS[unit] ?? 0);
  }
  return seconds;
}

/** `00:15:02`, `1+02:03:04`: seconds, or null for anything else. */
export function clockSeconds(text: string): number | null {
  const parts = /^(?:(\d{1,4})\+)?(\d{1,3}):(\d\d):(\d\d)$/.exec(text);
  if (parts === null) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  return days * 86_400 + hours * 3600 + minutes * 60 + seconds;
}
