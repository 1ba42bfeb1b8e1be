import type { Reply } from './smtp.js';

/** A reply, or what is wrong with the lines that should have been one. */
export type ParsedReply =
  | { readonly reply: Reply; readonly problem: null }
  | { readonly reply: null; readonly problem: string };

/** `Reply-code [ ("-" / SP) text ]`, RFC 5321 §4.2; a tab is taken for the space. */
const REPLY_LINE = /^(\d{3})(?:[- \t](.*))?$/s;

/** `class "." subject "." detail`, RFC 3463 §2, then white space or the end of the line. */
const ENHANCED_CODE = /^([245]\.\d{1,3}\.\d{1,3})(?:[ \t]+|$)/;

const EXCERPT_LENGTH = 60;

/**
 * Reads one reply from its lines, without their line ends (RFC 5321 §4.2, §4.2.1).
 *
 * Every line must carry the same basic code, 200 to 599. The enhanced code (RFC 2034, RFC 3463) is
 * taken from the first line that has one, whatever its class says, and cut from every line. The
 * text is data: control characters stay in it, and who shows it escapes them.
 */
export function parseReplyLines(lines: readonly string[]): ParsedReply {
  const text: string[] = [];
  let code: number | null = null;
  let enhanced: string | null = null;
  for (const line of lines) {
    const parsed = parseLine(line);
    if (parsed === null) return garbled(`${excerpt(line)} is not an SMTP reply`);
    if (code !== null && code !== parsed.code) {
      return garbled(`one reply has the codes ${code} and ${parsed.code}`);
    }
    code = parsed.code;
    enhanced ??= parsed.enhanced;
    text.push(parsed.text);
  }
  if (code === null) return garbled('there is no reply line');
  return { reply: { code, enhanced, text }, problem: null };
}

/** Whether a line ends its reply: all do but those with a hyphen after the code. */
export function isLastLine(line: string): boolean {
  return !/^\d{3}-/.test(line);
}

/**
 * Text of a line given as one character per byte. UTF-8 where the bytes are valid UTF-8, else
 * latin1: then every byte still stands for itself and none is lost.
 */
export function decodeLine(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(bytes, 'latin1'),
    );
  } catch {
    return bytes;
  }
}

/** A quoted beginning of something a server said, for a sentence about it. */
function excerpt(line: string): string {
  const shown = line.length > EXCERPT_LENGTH ? `${line.slice(0, EXCERPT_LENGTH)}...` : line;
  return JSON.stringify(shown);
}

interface ParsedLine {
  readonly code: number;
  readonly enhanced: string | null;
  readonly text: string;
}

function parseLine(line: string): ParsedLine | null {
  const match = REPLY_LINE.exec(line);
  if (match === null) return null;
  const code = Number(match[1]);
  if (code < 200 || code > 599) return null;
  const rest = match[2] ?? '';
  const enhanced = ENHANCED_CODE.exec(rest);
  if (enhanced === null) return { code, enhanced: null, text: rest };
  return { code, enhanced: enhanced[1] ?? null, text: rest.slice(enhanced[0].length) };
}

function garbled(problem: string): ParsedReply {
  return { reply: null, problem };
}
