/** What stands between two marks, the first of which is looked for from `from`; null without both. */
export function between(text: string, open: string, close: string, from = 0): string | null {
  const start = text.indexOf(open, from);
  if (start < 0) return null;
  const inside = start + open.length;
  const end = text.indexOf(close, inside);
  return end < 0 ? null : text.slice(inside, end);
}
