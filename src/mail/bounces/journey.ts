import { cleanHost } from '../addresses.js';
import { clockSeconds } from '../logs/durations.js';

/** One server that took the message (RFC 5321 §4.4). */
interface Hop {
  readonly by: string | null;
  readonly from: string | null;
  /** Seconds since 1970; null where the line has no time. */
  readonly at: number | null;
}

/** How a mail that did arrive came, from its header. */
export interface Journey {
  /** First server first. */
  readonly hops: readonly Hop[];
  /** What a greylister wrote into the header; null without. */
  readonly greylist: { readonly words: string; readonly seconds: number | null } | null;
}

export interface HeaderField {
  readonly key: string;
  readonly value: string;
}

const MAX_HOPS = 50;

/** The journey that header fields tell; null where they tell of none. */
export function journeyOf(fields: readonly HeaderField[]): Journey | null {
  const hops = fields
    .filter(({ key }) => key === 'received')
    .slice(0, MAX_HOPS)
    .map(({ value }) => hopOf(value))
    .reverse();
  const written = fields.find(({ key }) => key === 'x-greylist')?.value;
  const greylist =
    written === undefined ? null : { words: written.slice(0, 300), seconds: secondsIn(written) };
  return hops.length > 1 || (hops.length > 0 && greylist !== null) ? { hops, greylist } : null;
}

function hopOf(value: string): Hop {
  const line = value.replace(/\s+/g, ' ');
  const semicolon = line.lastIndexOf(';');
  const at = Date.parse(line.slice(semicolon + 1).replace(/\([^)]*\)/g, ''));
  return {
    by: cleanHost(/\bby ([^\s;()]{1,255})/i.exec(line)?.[1] ?? ''),
    from: cleanHost(/\bfrom ([^\s;()]{1,255})/i.exec(line)?.[1] ?? ''),
    at: semicolon < 0 || Number.isNaN(at) ? null : at / 1000,
  };
}

/** `delayed 301 seconds by postgrey`, `Delayed for 00:31:02 by milter-greylist`. */
function secondsIn(written: string): number | null {
  const plain = /delayed (?:for )?(\d{1,8}) ?s/i.exec(written)?.[1];
  if (plain !== undefined) return Number(plain);
  return clockSeconds(/delayed for (\d[\d:+]{4,12})/i.exec(written)?.[1] ?? '');
}
