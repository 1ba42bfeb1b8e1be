import { isIP } from 'node:net';
import { parseDomain } from './domain.js';

/** Reads a mail host: an address, or a name, which comes back in A-labels. Throws usage errors. */
export function parseHost(text: string): string {
  return isIP(text) === 0 ? parseDomain(text) : text;
}
