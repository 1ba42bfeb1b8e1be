/** RFC 1952 §2.3.1. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The encoding that a byte order mark names; Windows tools write UTF-16. */
export function byteOrderMark(head: Uint8Array): 'utf-16le' | 'utf-16be' | 'utf-8' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 'utf-8' : null;
}

/** RFC 8878 §3.1.1. */
export function isZstandard(head: Uint8Array): boolean {
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
}

/** Bytes of the beginning that are looked at for an encoding that no mark names. */
const LOOKED_AT = 256;

/** UTF-16 without its mark: of text in Latin letters, every second byte is zero. */
export function unmarkedUtf16(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const length = Math.min(head.length, LOOKED_AT) & ~1;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 2) {
    if (head[at] === 0) even += 1;
    if (head[at + 1] === 0) odd += 1;
  }
  const most = (length / 2) * 0.7;
  if (length < 8 || even + odd === 0) return null;
  if (odd > most && even === 0) return 'utf-16le';
  return even > most && odd === 0 ? 'utf-16be' : null;
}

/** True for text whose lines end with a carriage return alone, as old systems write it. */
export function hasBareReturns(head: Uint8Array): boolean {
  const at = head.indexOf(0x0d);
  return at >= 0 && at < head.length - 1 && !head.includes(0x0a);
}
