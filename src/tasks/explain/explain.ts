import type { ExplainResult } from '../../contract/explain-result.js';
import { classify } from '../../core/greylist/classify.js';
import { decodedChunks } from '../../edges/system/read-bytes.js';
import { parseBounceText } from '../../mail/bounces/bounce-text.js';
import { parseDeliveryStatus } from '../../mail/bounces/delivery-status.js';
import { parseExchangeReport } from '../../mail/bounces/exchange-report.js';
import { mailsOf } from '../../mail/bounces/mbox.js';
import { parseReplyText } from '../../mail/bounces/reply.js';
import { assumeReply } from '../../mail/embedded-reply.js';
import { type Finding, finding, type InputFormat } from '../../mail/finding.js';
import { findingOf } from '../../mail/logs/event-finding.js';
import { LogScanner } from '../../mail/logs/log-scanner.js';
import { withoutQuoteMarks } from '../../mail/quoting.js';
import { HEAD_BYTES, type Looks, looksLike, unreadableKind } from '../../mail/recognise.js';
import { interpret } from './interpret.js';
import { LogTally } from './log-summary.js';

/** A mail is read up to here. Reports stand before the message that they return. */
const MAX_MAIL_BYTES = 8 * 1024 * 1024;
/** The MIME parser takes some 20 microseconds a line, however short. */
const MAX_MAIL_LINES = 100_000;
/** Text that is no mail is read whole up to here; what is longer is read as a log. */
const MAX_TEXT_BYTES = 1024 * 1024;
/** Words without any code are taken for a reply only when they are few. */
const MAX_WORDS = 1000;

export interface ExplainOptions {
  /** How to name the input in the result: `text`, `stdin` or the file. */
  readonly name: string;
  /** Read the input as this, without looking. */
  readonly format?: InputFormat;
  /** Rows in each list of a log's summary. */
  readonly top?: number;
}

type Warning = ExplainResult['warnings'][number];

interface Read {
  readonly format: InputFormat | null;
  readonly findings: readonly Finding[];
  readonly tally: LogTally | null;
  readonly lines: number | null;
}

/**
 * Explains what an input tells of refused mail: replies, bounces, reports, logs. Memory is bounded
 * whatever the size of the input. Throws usage errors from the source of the chunks.
 */
export async function explain(
  chunks: AsyncIterable<Buffer>,
  options: ExplainOptions,
): Promise<ExplainResult> {
  const warnings: Warning[] = [];
  const source = counted(decodedChunks(chunks));
  const read = await readInput(source, options.format ?? null, warnings);
  const few = read.tally === null ? read.findings : read.tally.few;
  const refusals = read.tally?.refusals ?? read.findings.length;
  const recognised = refusals > 0;
  if (!recognised) warnings.push(nothingRecognised(source.bytes));
  return {
    schema: 'greyprobe.explain-result.v1',
    input: {
      name: options.name,
      format: recognised ? read.format : null,
      bytes: source.bytes,
      lines: read.lines,
    },
    recognised,
    findings: await interpreted(few),
    log:
      read.tally !== null && refusals > few.length ? read.tally.summary(options.top ?? 10) : null,
    warnings,
  };
}

/** The data on senders is loaded only where a sender is known. */
async function interpreted(findings: readonly Finding[]): Promise<ExplainResult['findings']> {
  const outlook = findings.some(({ software }) => software !== null)
    ? (await import('./sender-outlook.js')).senderOutlook
    : () => null;
  return findings.map((found) => interpret(found, outlook));
}

/** One piece of text, as given on the command line. */
export async function explainText(text: string, options: ExplainOptions): Promise<ExplainResult> {
  async function* once(): AsyncGenerator<Buffer> {
    yield Buffer.from(text, 'utf8');
  }
  return explain(once(), options);
}

interface Counted extends AsyncGenerator<Buffer> {
  bytes: number;
}

/** Counts the bytes that pass. */
function counted(chunks: AsyncIterable<Buffer>): Counted {
  async function* pass(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      counter.bytes += chunk.length;
      yield chunk;
    }
  }
  const counter: Counted = Object.assign(pass(), { bytes: 0 });
  return counter;
}

async function readInput(
  source: AsyncGenerator<Buffer>,
  format: InputFormat | null,
  warnings: Warning[],
): Promise<Read> {
  const head = await collect(source, HEAD_BYTES);
  const kind = unreadableKind(head);
  if (kind !== null) {
    warnings.push({ code: 'not-text', message: `This is ${kind.name}. ${kind.advice}` });
    return { format: null, findings: [], tally: null, lines: null };
  }
  const looks = format === null ? looksLike(head.toString('latin1')) : looksOf(format);
  if (looks === 'log') return readLog(source, head, warnings);
  const limit = looks === 'mail' ? MAX_MAIL_BYTES : MAX_TEXT_BYTES;
  const whole =
    head.length < HEAD_BYTES ? head : Buffer.concat([head, await collect(source, limit)]);
  if (looks === 'mail') return readMail(whole, warnings);
  if (format === null && whole.length >= limit) return readLog(source, whole, warnings);
  return readText(whole.toString('utf8'), format);
}

function looksOf(format: InputFormat): Looks {
  if (format === 'mail') return 'mail';
  return format === 'log' ? 'log' : 'text';
}

/** Copies chunks until there are `limit` bytes or more, or no more. */
async function collect(source: AsyncGenerator<Buffer>, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < limit) {
    const next = await source.next();
    if (next.done === true) break;
    parts.push(Buffer.from(next.value));
    length += next.value.length;
  }
  return Buffer.concat(parts);
}

async function readMail(bytes: Buffer, warnings: Warning[]): Promise<Read> {
  const { parseMessage } = await import('../../mail/bounces/message.js');
  const end = Math.min(MAX_MAIL_BYTES, endOfLine(bytes, MAX_MAIL_LINES));
  if (bytes.length >= MAX_MAIL_BYTES || end < bytes.length) {
    const read = `${MAX_MAIL_BYTES / 1024 / 1024} MiB and ${MAX_MAIL_LINES} lines`;
    warnings.push({ code: 'mail-cut', message: `Of the mail only the first ${read} were read.` });
  }
  const findings: Finding[] = [];
  for (const mail of mailsOf(bytes.subarray(0, end))) findings.push(...(await parseMessage(mail)));
  return { format: 'mail', findings, tally: null, lines: null };
}

/** Where this line ends; the length of the mail when it has fewer. */
function endOfLine(mail: Buffer, line: number): number {
  let at = -1;
  for (let n = 0; n < line; n += 1) {
    at = mail.indexOf(0x0a, at + 1);
    if (at < 0) return mail.length;
  }
  return at + 1;
}

async function readLog(
  source: AsyncGenerator<Buffer>,
  head: Buffer,
  warnings: Warning[],
): Promise<Read> {
  const tally = new LogTally();
  const scanner = logScanner(tally);
  scanner.feed(head);
  for await (const chunk of source) scanner.feed(chunk);
  scanner.end();
  if (scanner.longLines > 0) {
    warnings.push({
      code: 'long-lines',
      message: `${scanner.longLines} line(s) were longer than 64 KiB; what follows in them was skipped.`,
    });
  }
  return { format: 'log', findings: [], tally, lines: scanner.lines };
}

/** Text that no first line gives away: tries the readers that ask for most first. */
function readText(written: string, format: InputFormat | null): Read {
  const text = withoutQuoteMarks(written);
  // Lines of a log among other text, as in a question that someone asks, or with a prefix of Docker.
  const log = format === null ? scanText(text) : null;
  if (log !== null && log.tally.refusals > 0) return log;
  const readers: readonly (readonly [InputFormat, () => readonly Finding[]])[] = [
    ['report', () => parseExchangeReport(text)],
    ['report', () => parseBounceText(text)],
    ['report', () => parseDeliveryStatus(text)],
    ['reply', () => parseReplyText(text)],
    ['reply', () => wordsAlone(text)],
  ];
  for (const [kind, reader] of readers) {
    if (format !== null && format !== kind) continue;
    const findings = reader();
    if (findings.length > 0) return { format: kind, findings, tally: null, lines: null };
  }
  return { format: null, findings: [], tally: null, lines: null };
}

function scanText(text: string): Read & { readonly tally: LogTally } {
  const tally = new LogTally();
  const scanner = logScanner(tally);
  scanner.feed(Buffer.from(text, 'utf8'));
  scanner.end();
  return { format: 'log', findings: [], tally, lines: scanner.lines };
}

function logScanner(tally: LogTally): LogScanner {
  return new LogScanner((event, line) => {
    const found = findingOf(event);
    if (found !== null) tally.add(found, line);
  });
}

/** `Greylisted, please try again later`: words that are known, read as a temporary refusal. */
function wordsAlone(text: string): readonly Finding[] {
  const words = text.replace(/\s+/g, ' ').trim();
  if (words === '' || words.length > MAX_WORDS) return [];
  const assumed = assumeReply(450, null, words);
  const best = classify(assumed.reply, null)[0];
  const known = best?.confidence === 'likely' && best.class !== 'unknown';
  return known ? [finding({ source: 'reply', ...assumed })] : [];
}

function nothingRecognised(bytes: number): Warning {
  if (bytes === 0) return { code: 'empty', message: 'The input is empty.' };
  return {
    code: 'nothing-recognised',
    message:
      'Nothing in the input is a reply, a bounce, or a log line of a refusal that greyprobe knows.',
  };
}
