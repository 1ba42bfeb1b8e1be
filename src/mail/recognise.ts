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
    name: 'a ZIP archive, or a document of Office',
    advice: 'Unpack it first, or paste its text.',
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
  {
    bytes: [0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48],
    name: 'a file of the systemd journal',
    advice: 'Let journalctl read it: journalctl --file FILE -o short-iso | greyprobe explain -',
  },
  {
    bytes: [0x45, 0x6c, 0x66, 0x46, 0x69, 0x6c, 0x65],
    name: 'a Windows event log (.evtx)',
    advice: 'Export it as text: wevtutil qe FILE /lf:true /f:text > events.txt',
  },
  {
    bytes: [0x78, 0x9f, 0x3e, 0x22],
    name: 'a winmail.dat of Outlook (TNEF)',
    advice: 'Unpack it with: tnef FILE, and explain what comes out.',
  },
  {
    bytes: [0x89, 0x50, 0x4e, 0x47],
    name: 'a picture (PNG)',
    advice: 'Type the reply in, or copy it as text.',
  },
  {
    bytes: [0xff, 0xd8, 0xff],
    name: 'a picture (JPEG)',
    advice: 'Type the reply in, or copy it as text.',
  },
  {
    bytes: [0x25, 0x50, 0x44, 0x46],
    name: 'a PDF document',
    advice: 'Copy its text: pdftotext FILE - | greyprobe explain -',
  },
];

/** The kind of file by its first bytes; null for text, and for what is not known. */
export function unreadableKind(head: Uint8Array): UnreadableKind | null {
  return MAGIC.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte)) ?? null;
}

/** Logs and lists that are known, and never hold what the other side said. */
const WITHOUT_REPLIES: readonly { readonly mark: RegExp; readonly says: string }[] = [
  {
    mark: /# Exchange System Attendant Version 6\.|^# Message Tracking Log File/m,
    says: 'A message tracking log of Exchange 2000 or 2003 holds no reply: look in its SMTP protocol log, or in the queue (Additional queue information).',
  },
  {
    mark: /"?MessageTraceId"?[,;\t]|^MessageTraceId\s{0,30}:/m,
    says: 'A message trace holds no reply: ask for its details with Get-MessageTraceDetailV2 (or Get-MessageTraceDetail), and explain those.',
  },
];

/** What to say of an input that is known to hold no reply; null for others. */
export function withoutReplies(head: string): string | null {
  return WITHOUT_REPLIES.find(({ mark }) => mark.test(head))?.says ?? null;
}
