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
