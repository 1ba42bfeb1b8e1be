/** Bytes at the beginning of an input that decide what it is. */
export const HEAD_BYTES = 65_536;

/** What the beginning of an input looks like. `text`: nothing says more yet. */
export type Looks = 'mail' | 'log' | 'json' | 'text';

const MAIL_FIELD =
  /^(?:return-path|received|from|to|subject|date|message-id|mime-version|content-type|x-[a-z-]{2,40}|delivered-to|auto-submitted|reply-to):/i;
const LOG_LINE =
  /^(?:<\d{1,3}>(?:\d{1,2} )?)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S* )\S+/;

/** Judges by the first lines: header fields, column names, or times at the beginning of lines. */
export function looksLike(head: string): Looks {
  if (/^(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*"/.test(head)) return 'json';
  const lines = head.split(/\r?\n/, 40).filter((line) => line.trim() !== '');
  if (lines.slice(0, 8).some((line) => /^(?:\u00ef\u00bb\u00bf)?#Fields:/i.test(line)))
    return 'log';
  if (lines.slice(0, 5).some((line) => LOG_LINE.test(line))) return 'log';
  return isMail(lines) ? 'mail' : 'text';
}

/** Two different fields that only mails have, before anything that is no field. */
function isMail(lines: readonly string[]): boolean {
  const names = new Set<string>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 && /^>?From /.test(line)) continue;
    if (/^[ \t]/.test(line) && index > 0) continue;
    if (!/^[!-9;-~]{1,76}:/.test(line)) break;
    if (MAIL_FIELD.test(line)) names.add(line.slice(0, line.indexOf(':')).toLowerCase());
  }
  return names.size >= 2;
}

/** A kind of file that holds no readable text, and what to do about it. */
export interface UnreadableKind {
  readonly name: string;
  readonly advice: string;
}

const MAGIC: readonly (UnreadableKind & { readonly bytes: readonly number[] })[] = [
  {
    bytes: [0xd0, 0xcf, 0x11, 0xe0],
    name: 'an Outlook message (.msg)',
    advice: 'Save it as .eml or as text, or paste the text of the report.',
  },
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    name: 'a ZIP archive',
    advice: 'Unpack it first.',
  },
  {
    bytes: [0x28, 0xb5, 0x2f, 0xfd],
    name: 'Zstandard data',
    advice: 'Unpack it on the way: zstdcat FILE | greyprobe explain -',
  },
  {
    bytes: [0xfd, 0x37, 0x7a, 0x58],
    name: 'XZ data',
    advice: 'Unpack it on the way: xzcat FILE | greyprobe explain -',
  },
  {
    bytes: [0x42, 0x5a, 0x68],
    name: 'bzip2 data',
    advice: 'Unpack it on the way: bzcat FILE | greyprobe explain -',
  },
];

/** The kind of file by its first bytes; null for text, and for what is not known. */
export function unreadableKind(head: Uint8Array): UnreadableKind | null {
  return MAGIC.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte)) ?? null;
}
