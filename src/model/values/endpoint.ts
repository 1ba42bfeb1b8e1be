import { isIP, isIPv4 } from 'node:net';
import { type GreyprobeError, usageError } from '../errors.js';
import { parseDomain } from './domain.js';
import { refuseTypographic } from './typographic.js';

/** A DNS server and the way to ask it. */
export type ResolverEndpoint =
  | { readonly kind: 'udp' | 'tcp'; readonly address: string; readonly port: number }
  | { readonly kind: 'tls'; readonly host: string; readonly port: number }
  | { readonly kind: 'https'; readonly url: string };

const DNS_PORT = 53;
/** RFC 7858 §3.1. */
const DNS_OVER_TLS_PORT = 853;
const FORMS = 'Write ip, ip:port, [ipv6]:port, tcp://ip, tls://host or https://host/dns-query.';

/**
 * Reads the value of `--resolver`: `ip[:port]` (UDP, and TCP when truncated), `tcp://ip[:port]`,
 * `tls://host-or-ip[:port]` (RFC 7858) or `https://...` (RFC 8484; `/dns-query` when no path is
 * given). Throws a usage error (`bad-resolver`).
 */
export function parseResolverEndpoint(text: string): ResolverEndpoint {
  if (text === '') throw bad('The resolver is empty.');
  refuseTypographic(text, 'a server');
  if (!/^[\x21-\x7e]{1,500}$/u.test(text)) {
    throw bad('The resolver contains a space or a character that no server name has.');
  }
  // Never shown again, however the rest of it is wrong: it may hold a password.
  if (text.includes('@') && !isPlainHttps(text)) {
    throw bad('The resolver must not carry a user name or a password.');
  }
  const scheme = /^([A-Za-z0-9+.-]+):\/\/(.*)$/u.exec(text);
  const rest = scheme?.[2] ?? text;
  switch (scheme?.[1]?.toLowerCase()) {
    case undefined:
      return parseAddressed('udp', rest, text);
    case 'udp':
    case 'dns':
      return parseAddressed('udp', rest, text);
    case 'tcp':
      return parseAddressed('tcp', rest, text);
    case 'tls':
      return parseTls(rest, text);
    case 'https':
      return parseHttps(text);
    default:
      throw bad(`The resolver '${text}' has an unknown scheme.`);
  }
}

/** A short name for people: `192.0.2.1:53`, `tls://dns.example:853`. */
export function endpointLabel(endpoint: ResolverEndpoint): string {
  switch (endpoint.kind) {
    case 'udp':
      return hostAndPort(endpoint.address, endpoint.port);
    case 'tcp':
      return `tcp://${hostAndPort(endpoint.address, endpoint.port)}`;
    case 'tls':
      return `tls://${hostAndPort(endpoint.host, endpoint.port)}`;
    case 'https':
      return endpoint.url;
  }
}

function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseAddressed(kind: 'udp' | 'tcp', rest: string, text: string): ResolverEndpoint {
  const { host, port } = splitPort(rest, DNS_PORT, text);
  if (isIP(host) === 0) {
    throw bad(`The resolver '${text}' needs an address: '${host}' is not one.`);
  }
  return { kind, address: host, port };
}

function parseTls(rest: string, text: string): ResolverEndpoint {
  const { host, port } = splitPort(rest, DNS_OVER_TLS_PORT, text);
  return { kind: 'tls', host: isIP(host) === 0 ? parseServerName(host, text) : host, port };
}

function parseHttps(text: string): ResolverEndpoint {
  // The template of RFC 8484 §4.1.1 is for GET; greyprobe sends POST to the plain address.
  const plain = text.replace(/\{\?dns\}$/u, '');
  if (!URL.canParse(plain)) throw bad(`The resolver '${text}' is not a valid address.`);
  const url = new URL(plain);
  if (url.hash !== '') throw bad(`The resolver '${text}' must not have a '#' part.`);
  if (url.pathname === '/' && url.search === '') url.pathname = '/dns-query';
  return { kind: 'https', url: url.href };
}

/** An address of the web whose `@` stands in its path. */
function isPlainHttps(text: string): boolean {
  if (!/^https:/iu.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

function parseServerName(host: string, text: string): string {
  try {
    return parseDomain(host);
  } catch {
    throw bad(`The resolver '${text}' needs a host name or an address.`);
  }
}

function splitPort(
  rest: string,
  defaultPort: number,
  text: string,
): { host: string; port: number } {
  // A bare IPv6 address has colons of its own; with a port it stands in brackets.
  if (isIP(rest) !== 0) return { host: rest, port: defaultPort };
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/u.exec(rest);
  if (parts === null) throw bad(`The resolver '${text}' is not an address with a port.`);
  const bracketed = parts[1];
  if (bracketed !== undefined && (isIPv4(bracketed) || isIP(bracketed) === 0)) {
    throw bad(`The resolver '${text}' has no IPv6 address in its brackets.`);
  }
  const port = parts[3] === undefined ? defaultPort : Number(parts[3]);
  if (port < 1 || port > 65_535) {
    throw bad(`The port of the resolver '${text}' is not between 1 and 65535.`);
  }
  return { host: bracketed ?? parts[2] ?? '', port };
}

function bad(message: string): GreyprobeError {
  return usageError('bad-resolver', message, FORMS);
}
