/**
 * The names nearest to what was typed: those that contain it or stand in it, then those with fewest
 * edits; of equals, those with fewest edits first. `allHost` gives allHosts before host.
 */
export function nearestNames(
  typed: string,
  names: readonly string[],
  limit: number,
): readonly string[] {
  const wanted = typed.toLowerCase().slice(0, 64);
  const scored = names.map((name) => {
    const known = name.toLowerCase();
    const edits = editDistance(wanted, known);
    return { name, edits, score: known.includes(wanted) || wanted.includes(known) ? 0 : edits };
  });
  const farthest = Math.max(2, Math.ceil(wanted.length / 2));
  return scored
    .filter(({ score }) => score <= farthest)
    .sort((a, b) => a.score - b.score || a.edits - b.edits)
    .slice(0, limit)
    .map(({ name }) => name);
}

/** ` Did you mean 'host'?`, or nothing where no name is near. */
export function didYouMean(typed: string, names: readonly string[]): string {
  const [nearest] = nearestNames(typed, names, 1);
  return nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
