const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = [0x7b, 0x5b];
const CLOSE = [0x7d, 0x5d];

/**
 * True when the text can be the beginning of a line whose rest was never written: an object that is
 * not closed, or nothing at all. Bytes of zero at its end count as not written: some file systems
 * leave them after a power cut.
 */
export function isCutShort(line: Uint8Array): boolean {
  let end = line.length;
  while (end > 0 && line[end - 1] === 0) end -= 1;
  if (end === 0) return true;
  if (line[0] !== OPEN[0]) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < end; at += 1) {
    const byte = line[at] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPEN.includes(byte)) depth += 1;
    else if (CLOSE.includes(byte)) {
      depth -= 1;
      if (depth === 0) return false;
    }
  }
  return true;
}
