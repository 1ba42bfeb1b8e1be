import type { ExplainResult } from '../../contract/explain-result.js';
import { classify } from '../../core/greylist/classify.js';
import { SmallHeap } from '../../edges/system/small-heap.js';
import { parseBounceText, withFates } from '../../mail/bounces/bounce-text.js';
import { parseDelayNotice } from '../../mail/bounces/delay-notice.js';
import { parseDeliveryStatus } from '../../mail/bounces/delivery-status.js';
import { parseExchangeReport } from '../../mail/bounces/exchange-report.js';
import { MailboxSplitter } from '../../mail/bounces/mbox.js';
import { parseReplyText } from '../../mail/bounces/reply.js';
import { assumeReply } from '../../mail/embedded-reply.js';
import { type Finding, finding, type InputFormat } from '../../mail/finding.js';
import { JsonSplitter } from '../../mail/logs/json-splitter.js';
import type { LogScanner } from '../../mail/logs/log-scanner.js';
import { parseJson } from '../../mail/logs/record.js';
import { readStamp } from '../../mail/logs/timestamps.js';
import { asItStood, logAsItStood } from '../../mail/quoting.js';
import { HEAD_BYTES, looksLike, unreadableKind, withoutReplies } from '../../mail/recognise.js';
import type { Collector } from './collector.js';

/** A mail is read up to here. Reports stand before the message that they return. */
const MAX_MAIL_BYTES = 8 * 1024 * 1024;
/** The MIME parser takes some 20 microseconds a line, however short. */
const MAX_MAIL_LINES = 100_000;
/** Text that is no mail is read whole up to here; what is longer is read as a log. */
const MAX_TEXT_BYTES = 1024 * 1024;
/** Words without any code are taken for a reply only when they are few. */
const MAX_WORDS = 400;

export type InputWarning = ExplainResult['warnings'][number];

/** What is read into. */
export interface Reading {
  readonly collector: Collector;
  /** The input as a word of a command. */
  readonly name: string;
  readonly warnings: { push(warning: InputWarning): void };
}

const NOTHING: Read = { format: null, lines: null };

/** How an input was read. */
export interface Read {
  readonly format: InputFormat | null;
  /** Lines, where it was read by lines. */
  readonly lines: number | null;
}

/**
 * Reads one input, finding out what it is unless `format` says so. Memory is bounded whatever its size;
 * what is left out is named in a warning.
 */
export async function readMailText(
  source: AsyncGenerator<Buffer>,
  format: InputFormat | null,
  reading: Reading,
): Promise<Read> {
  const head = await collect(source, HEAD_BYTES);
  const kind = unreadableKind(head);
  if (kind !== null) {
    const advice = kind.advice.replace('FILE', () => reading.name);
    reading.warnings.push({ code: 'not-text', message: `This is ${kind.name}. ${advice}` });
    return NOTHING;
  }
  reading.collector.silent ??= withoutReplies(head.toString('utf8'));
  switch (looksOf(format, head)) {
    case 'log':
      return format === null && head.length < HEAD_BYTES
        ? readShortLog(source, head, reading)
        : readLog(source, head, reading);
    case 'json':
      return readJson(source, head, reading);
    case 'mail':
      return readMail(source, head, reading);
    default:
      return readRest(source, head, format, reading);
  }
}

function looksOf(format: InputFormat | null, head: Buffer) {
  if (format === 'mail' || format === 'log') return format;
  return format === null ? looksLike(head.toString('latin1')) : 'text';
}

async function readRest(
  source: AsyncGenerator<Buffer>,
  head: Buffer,
  format: InputFormat | null,
  reading: Reading,
): Promise<Read> {
  const whole =
    head.length < HEAD_BYTES ? head : Buffer.concat([head, await collect(source, MAX_TEXT_BYTES)]);
  if (whole.length < MAX_TEXT_BYTES) return readText(whole, format, reading);
  if (format !== null) return readBlocks(source, whole, format, reading);
  // Long text is nearly always a log; else replies or reports, of which there are many.
  const { tally } = reading.collector;
  const scanner = reading.collector.scanner();
  scanner.feed(whole);
  if (tally.refusals === 0 && whole.includes('\n')) {
    const end = lineEnd(whole);
    const read = readText(whole.subarray(0, end), null, reading);
    if (read.format !== null) {
      return readBlocks(source, whole.subarray(end), read.format, reading);
    }
  }
  return readOn(scanner, source, reading);
}

/** Text that is too long to be read at once, in pieces that end with a line. */
async function readBlocks(
  source: AsyncGenerator<Buffer>,
  first: Buffer,
  format: InputFormat,
  reading: Reading,
): Promise<Read> {
  let rest = first;
  for (;;) {
    const more = await collect(source, MAX_TEXT_BYTES);
    const block = Buffer.concat([rest, more]);
    if (block.length === 0) return { format, lines: null };
    const end = more.length === 0 ? block.length : lineEnd(block);
    readText(block.subarray(0, end), format, reading);
    rest = block.subarray(end);
  }
}

/** Behind the last empty line, else behind the last line; all of a text that has neither. */
function lineEnd(text: Buffer): number {
  const paragraph = text.lastIndexOf('\n\n');
  const end = paragraph > text.length / 2 ? paragraph + 2 : text.lastIndexOf('\n') + 1;
  return end === 0 ? text.length : end;
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

/** A mail, or all mails of a mailbox. */
async function readMail(
  source: AsyncGenerator<Buffer>,
  head: Buffer,
  { collector, warnings }: Reading,
): Promise<Read> {
  const { parseJourney, parseMessage } = await import('../../mail/bounces/message.js');
  const splitter = new MailboxSplitter(MAX_MAIL_BYTES);
  let longMails = 0;
  const read = async (mail: Buffer) => {
    const end = endOfLine(mail, MAX_MAIL_LINES);
    if (end < mail.length) longMails += 1;
    const findings = await parseMessage(mail.subarray(0, end));
    for (const found of findings) collector.add(found);
    if (findings.length === 0) collector.journey ??= await parseJourney(mail.subarray(0, end));
  };
  for (const mail of splitter.feed(head)) await read(mail);
  for await (const chunk of source) for (const mail of splitter.feed(chunk)) await read(mail);
  for (const mail of splitter.end()) await read(mail);
  if (splitter.cut + longMails > 0) {
    const bounds = `${MAX_MAIL_BYTES / 1024 / 1024} MiB and ${MAX_MAIL_LINES} lines`;
    warnings.push({ code: 'mail-cut', message: `Of a mail only the first ${bounds} were read.` });
  }
  return { format: 'mail', lines: null };
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
  reading: Reading,
): Promise<Read> {
  const scanner = reading.collector.scanner();
  scanner.feed(head);
  return readOn(scanner, source, reading);
}

/** The rest of a log. */
async function readOn(
  scanner: LogScanner,
  source: AsyncGenerator<Buffer>,
  { collector, warnings }: Reading,
): Promise<Read> {
  const heap = new SmallHeap();
  for await (const chunk of source) {
    scanner.feed(chunk);
    heap.check();
  }
  endScan(scanner, collector);
  if (scanner.longLines > 0) {
    warnings.push({
      code: 'long-lines',
      message: `${scanner.longLines} line(s) were longer than 64 KiB; what follows in them was skipped.`,
    });
  }
  return { format: 'log', lines: scanner.lines };
}

/** Lines that look like a log, and of which none is known, may still hold a reply. */
async function readShortLog(
  source: AsyncGenerator<Buffer>,
  head: Buffer,
  reading: Reading,
): Promise<Read> {
  const text = decodeText(head);
  const stood = logAsItStood(text);
  const read = await readLog(source, stood === text ? head : Buffer.from(stood, 'utf8'), reading);
  if (reading.collector.tally.refusals > 0) return read;
  const replies = readText(head, null, reading);
  return replies.format === null ? read : replies;
}

function endScan(scanner: LogScanner, collector: Collector): void {
  scanner.end();
  collector.end();
}

/** Objects of JSON, in lists or behind each other, each on one line or on many. */
async function readJson(
  source: AsyncGenerator<Buffer>,
  head: Buffer,
  reading: Reading,
): Promise<Read> {
  const scanner = reading.collector.scanner();
  const kept: string[] = [];
  const splitter = new JsonSplitter((json) => {
    const value = parseJson(json);
    if (typeof value === 'object' && value !== null) scanner.readObject(value);
    if (kept.length < 1) kept.push(json);
  });
  splitter.feed(head);
  for await (const chunk of source) splitter.feed(chunk);
  endScan(scanner, reading.collector);
  if (splitter.tooLong > 0) {
    reading.warnings.push({
      code: 'objects-cut',
      message: `${splitter.tooLong} object(s) were larger than 1 MiB, and were not read.`,
    });
  }
  if (reading.collector.tally.refusals > 0) return { format: 'log', lines: null };
  // An error that a program printed: its words may still hold a reply.
  return readText(Buffer.from(kept.join('\n') || head), null, reading);
}

/** Text that no first line gives away: tries the readers that ask for most first. */
function readText(bytes: Buffer, format: InputFormat | null, { collector }: Reading): Read {
  const text = asItStood(decodeText(bytes));
  if (format === null) {
    // Lines of a log among other text, as in a question that someone asks.
    const before = collector.tally.refusals;
    const scanner = collector.scanner();
    scanner.feed(Buffer.from(text, 'utf8'));
    endScan(scanner, collector);
    if (collector.tally.refusals > before) return { format: 'log', lines: scanner.lines };
  }
  const readers: readonly (readonly [InputFormat, () => readonly Finding[]])[] = [
    ['report', () => parseExchangeReport(text)],
    ['report', () => parseBounceText(text)],
    ['report', () => parseDeliveryStatus(text)],
    ['reply', () => withFates(parseReplyText(text), text)],
    ['report', () => parseDelayNotice(text)],
    ['reply', () => wordsAlone(text)],
  ];
  for (const [kind, reader] of readers) {
    if (format !== null && format !== kind) continue;
    const findings = reader();
    for (const found of findings) collector.add(found);
    if (findings.length > 0) return { format: kind, lines: null };
  }
  return { format: null, lines: null };
}

/** UTF-8 where it is that; else the set that a Cyrillic text was written in; else one byte a character. */
function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('utf8').includes('\uFFFD') ? decodeOld(bytes) : bytes.toString('utf8');
  }
}

/** Letters of KOI8-R lie where windows-1251 has capitals: the reading with more small letters is right. */
function decodeOld(bytes: Buffer): string {
  const high = bytes.filter((byte) => byte >= 0x80).length;
  // A few accents among many letters are Latin.
  if (high * 4 < bytes.length) return bytes.toString('latin1');
  const readings = ['koi8-r', 'windows-1251'].map((set) => new TextDecoder(set).decode(bytes));
  const small = (text: string) => text.match(/[а-яё]/g)?.length ?? 0;
  return readings.reduce((best, next) => (small(next) > small(best) ? next : best));
}

/** `Greylisted, please try again later`: words that are known, read as a temporary refusal. */
function wordsAlone(text: string): readonly Finding[] {
  const words = text.replace(/\s+/g, ' ').trim();
  if (words === '' || words.length > MAX_WORDS || !soundsLikeServer(text)) return [];
  const assumed = assumeReply(450, null, words);
  const best = classify(assumed.reply, null)[0];
  const known = best?.confidence === 'likely' && best.class !== 'unknown';
  return known ? [finding({ source: 'reply', ...assumed })] : [];
}

/** People speak of greylisting too, and ask; logs name it where nobody was refused. */
function soundsLikeServer(text: string): boolean {
  const sentences = text.split(/(?<=[.!?])\s+|\n/).filter((sentence) => sentence.trim() !== '');
  return sentences.every(
    (one) => !SPEAKERS.test(one) && !/\?(?:\s|$)/.test(one) && readStamp(one.trim()) === null,
  );
}

/** Who speaks of himself and others is no server. `You are greylisted` is what servers say. */
const SPEAKERS =
  /^\s*(?:i|i'm|we|our|my|they|he|she|people|somebody|someone|hi|hello|dear|thanks|regards|since|yesterday|today|wir|ich|uns|unsere?n?|meine?n?|hallo|guten|seit|bitte um|danke|nous|je|notre|nos|bonjour|depuis|merci|hola|nuestr[oa]s?|yo|desde|noi|io|nostr[oa]|ciao|buongiorno|wij|onze|sinds|мы|я|наш\p{L}{0,3}|здравствуйте|добрый)(?![\p{L}'-])/iu;
