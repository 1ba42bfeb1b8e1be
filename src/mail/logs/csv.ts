/**
 * The fields of one row of separated values (RFC 4180 §2): a field in double quotes may hold
 * separators, and two double quotes for one. A quote that is never closed takes the rest of the row.
 */
export function csvFields(row: string, separator = ','): string[] {
  if (!row.includes('"')) return row.split(separator);
  const fields: string[] = [];
  let at = 0;
  while (at <= row.length) {
    const end = row[at] === '"' ? closingQuote(row, at + 1) : -1;
    if (end >= 0) {
      fields.push(row.slice(at + 1, end).replaceAll('""', '"'));
      at = nextSeparator(row, separator, end) + 1;
    } else {
      const next = nextSeparator(row, separator, at);
      fields.push(row.slice(at, next));
      at = next + 1;
    }
  }
  return fields;
}

/** True where a quoted field goes on in the next line. */
export function quoteIsOpen(row: string): boolean {
  let quotes = 0;
  for (let at = row.indexOf('"'); at >= 0; at = row.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 1;
}

function closingQuote(row: string, from: number): number {
  let at = from;
  for (;;) {
    const quote = row.indexOf('"', at);
    if (quote < 0) return row.length;
    if (row[quote + 1] !== '"') return quote;
    at = quote + 2;
  }
}

function nextSeparator(row: string, separator: string, from: number): number {
  const next = row.indexOf(separator, from);
  return next < 0 ? row.length : next;
}
