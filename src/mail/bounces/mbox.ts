const LINE_FEED = 0x0a;
const SEPARATOR = Buffer.from('\nFrom ', 'latin1');
/** `From sender Wed Nov 25 10:15:03 2026`: a line of a letter that begins with "From" has no clock. */
const CLOCK = /^From \S{1,320}\s.{0,40}\d\d:\d\d/;
const LONGEST_LINE = 400;

/**
 * The mails of a mailbox file (RFC 4155), without the `From sender date` lines between them; or the
 * one mail that the bytes are.
 */
export function* mailsOf(bytes: Buffer): Generator<Buffer> {
  if (!/^>?From /.test(bytes.subarray(0, 6).toString('latin1'))) {
    yield bytes;
    return;
  }
  let start = afterLine(bytes, 0);
  for (let at = nextSeparator(bytes, start); at >= 0; at = nextSeparator(bytes, start)) {
    yield bytes.subarray(start, at);
    start = afterLine(bytes, at + 1);
  }
  yield bytes.subarray(start);
}

/** Where the line feed before the next separator stands; -1 without one. An empty line goes before. */
function nextSeparator(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(SEPARATOR, from); at >= 0; at = bytes.indexOf(SEPARATOR, at + 1)) {
    const before = bytes[at - 1] === 0x0d ? bytes[at - 2] : bytes[at - 1];
    const line = bytes.subarray(at + 1, at + 1 + LONGEST_LINE).toString('latin1');
    if (before === LINE_FEED && CLOCK.test(line)) return at;
  }
  return -1;
}

function afterLine(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(LINE_FEED, from);
  return end < 0 ? bytes.length : end + 1;
}
