import { isIP } from 'node:net';

/** RFC 5321 §4.5.3.1: 64 for the local part, 255 for the domain, and the '@'. */
const MAX_ADDRESS_LENGTH = 320;
const MAX_HOST_LENGTH = 253;

const ADDRESS = /^[^\s<>@,;:"'()[\]\\]{1,64}@[^\s<>@,;:"'()\\]{1,255}$/;
const FIRST_ADDRESS =
  /[^\s<>@,;:"'()[\]\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]{0,62}\.)?){1,20}[\p{L}\p{N}]{1,63}/u;

const HOST = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/;

const MESSAGE_ID = /message-?id/i;
const MESSAGE_IDS = /message-?id["']?\s{0,40}[:=]\s{0,10}["']?<?[^\s<>"',;]{1,500}>?/gi;

/** The mail address, without angle brackets and the `rfc822;` of reports; null when it is not one. */
export function cleanAddress(text: string): string | null {
  // Nearly all are bare already, and logs have millions.
  if (text.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(text)) return text;
  const bare = text
    .trim()
    .replace(/^rfc822;\s*/i, '')
    .replace(/^<|>$/g, '');
  return bare.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(bare) ? bare : null;
}

/** The first mail address in a text, or null. Angle brackets are looked at first. */
export function addressIn(whole: string): string | null {
  // An id of a message looks like an address, and is none.
  const text = MESSAGE_ID.test(whole) ? whole.replace(MESSAGE_IDS, ' ') : whole;
  const bracketed = /<([^<>\s]{1,320}@[^<>\s]{1,255})>/.exec(text)?.[1];
  if (bracketed !== undefined) return cleanAddress(bracketed);
  const found = FIRST_ADDRESS.exec(text)?.[0];
  return found === undefined ? null : cleanAddress(found.replace(/\.$/, ''));
}

/** What stands after the '@', lower case; null for anything else. */
export function domainOf(address: string): string | null {
  const at = address.lastIndexOf('@');
  return at < 1 || at === address.length - 1 ? null : address.slice(at + 1).toLowerCase();
}

/** A host name without trailing dot, lower case; null for `unknown`, `none`, local and the like. */
export function cleanHost(text: string): string | null {
  const host = HOST.test(text)
    ? text
    : text
        .trim()
        .replace(/^dns;\s*/i, '')
        .replace(/\.$/, '')
        .toLowerCase();
  if (host === '' || host.length > MAX_HOST_LENGTH) return null;
  if (host === 'unknown' || host === 'none' || host === 'local') return null;
  return HOST.test(host) ? host : null;
}

/** An address of a host, without brackets, `IPv6:` and port; null when it is not one. */
export function cleanIp(text: string): string | null {
  if (isIP(text) !== 0) return text;
  const bare = text
    .trim()
    .replace(/^\[|\]$/g, '')
    .replace(/^IPv6:/i, '');
  return isIP(bare) === 0 ? null : bare;
}
