import type { Finding } from '../finding.js';
import { type ExchangeLogReader, exchangeLogHeader, exchangeLogReader } from './exchange-log.js';
import { parseEximLine } from './exim.js';
import { parsePostfixLine } from './postfix.js';
import { parseSendmailLine } from './sendmail.js';

/** Every line that tells of a refusal holds one of these. */
export const LOG_NEEDLES: readonly string[] = [
  'status=deferred',
  'status=bounced',
  'status=SOFTBOUNCE',
  '] said: ',
  '] refused to talk to me: ',
  'reject: ',
  'SMTP error from remote',
  ': retry timeout exceeded',
  ' defer (',
  'temporarily rejected ',
  'stat=Deferred',
  'stat=Service unavailable',
  'stat=User unknown',
  ', reject=',
];

/**
 * Reads one line of a log of Postfix, Exim or sendmail, given as one character per byte. Null when
 * it tells of no refusal.
 */
function parseLogLine(bytes: string): Finding | null {
  const line = decodeUtf8(bytes);
  if (line.includes('postfix')) {
    const found = parsePostfixLine(line);
    if (found !== null) return found;
  }
  if (line.includes('stat=') || line.includes('reject=')) {
    const found = parseSendmailLine(line);
    if (found !== null) return found;
  }
  return parseEximLine(line) ?? parsePostfixLine(line);
}

export type LineReader = (bytes: string) => readonly Finding[];

/** A reader for lines of Postfix, Exim and sendmail. */
export function plainLogReader(): LineReader {
  return (bytes) => {
    const found = parseLogLine(bytes);
    return found === null ? [] : [found];
  };
}

/** A reader for logs of Exchange: the columns are named in the log, and may change within it. */
export function exchangeReader(): LineReader {
  let reader: ExchangeLogReader = () => [];
  let first = true;
  return (bytes) => {
    const line = decodeUtf8(bytes);
    if (first || line.startsWith('#Fields:')) {
      const names = exchangeLogHeader(line);
      first =
        names === null &&
        (line.startsWith('#') || line.trim() === '' || line.startsWith('\uFEFF#'));
      if (names !== null) {
        reader = exchangeLogReader(names);
        return [];
      }
    }
    return line.startsWith('#') ? [] : reader(line);
  };
}

function decodeUtf8(bytes: string): string {
  return /[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}
