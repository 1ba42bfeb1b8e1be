/** Records of one name. */
export interface ZoneRecords {
  /** Preference and exchange; exchange `''` is the root (null MX, RFC 7505). */
  readonly MX?: readonly (readonly [preference: number, exchange: string])[];
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  readonly CNAME?: string;
  readonly TXT?: readonly string[];
  readonly PTR?: readonly string[];
  /** Without it 300. */
  readonly ttlSeconds?: number;
}

/** What a name does: it has records, or the servers fail, or nobody answers. */
export type ZoneEntry = ZoneRecords | 'server-failure' | 'no-answer';

/** A small part of the DNS as a literal. A name that is not there does not exist. */
export type Zone = Readonly<Record<string, ZoneEntry>>;

/** Names in lower case without the trailing dot. */
export function zoneName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/**
 * The entry of a name, or null when there is no such name. A name above one that exists does exist,
 * without records (RFC 8020).
 */
export function zoneEntry(zone: Zone, name: string): ZoneEntry | null {
  const wanted = zoneName(name);
  if (Object.hasOwn(zone, wanted)) return zone[wanted] ?? null;
  const isAbove = Object.keys(zone).some((known) => known.endsWith(`.${wanted}`));
  return isAbove ? {} : null;
}
