/**
 * The fields of one line of comma-separated values (RFC 4180 §2): a field in double quotes may hold
 * commas, and two double quotes for one. A quote that is never closed takes the rest of the line.
 */
export function csvFields(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    const end = line[at] === '"' ? closingQuote(line, at + 1) : -1;
    if (end >= 0) {
      fields.push(line.slice(at + 1, end).replaceAll('""', '"'));
      at = nextComma(line, end) + 1;
    } else {
      const comma = nextComma(line, at);
      fields.push(line.slice(at, comma));
      at = comma + 1;
    }
  }
  return fields;
}

function closingQuote(line: string, from: number): number {
  let at = from;
  for (;;) {
    const quote = line.indexOf('"', at);
    if (quote < 0) return line.length;
    if (line[quote + 1] !== '"') return quote;
    at = quote + 2;
  }
}

function nextComma(line: string, from: number): number {
  const comma = line.indexOf(',', from);
  return comma < 0 ? line.length : comma;
}
