import { GreyprobeError } from '../../src/model/errors.js';
import { EXIT } from '../../src/model/exit-codes.js';
import type { DnsAnswer, MxData, RecordType, Resolver } from '../../src/model/ports/resolver.js';
import { type Zone, type ZoneRecords, zoneEntry, zoneName } from '../../src/sandbox/zone.js';

/** A resolver that answers from a literal and keeps a log of what it was asked. */
export interface VirtualResolver extends Resolver {
  /** `MX example.org`, in order; names reached through an alias are not questions. */
  readonly questions: readonly string[];
}

const LONGEST_ALIAS_CHAIN = 16;
const DEFAULT_TTL_SECONDS = 300;

/** Creates a resolver over a zone. `authenticNames` get the AD bit. */
export function createVirtualResolver(
  zone: Zone,
  authenticNames: readonly string[] = [],
): VirtualResolver {
  const questions: string[] = [];
  const authentic = new Set(authenticNames.map(zoneName));

  async function answer<T>(
    name: string,
    type: RecordType,
    pick: (records: ZoneRecords) => readonly T[],
    signal: AbortSignal | undefined,
  ): Promise<DnsAnswer<T>> {
    signal?.throwIfAborted();
    questions.push(`${type} ${zoneName(name)}`);
    const found = follow(zone, name, type);
    const authenticated = authentic.has(zoneName(name));
    const { canonicalName } = found;
    if (found.records === null) {
      return { status: 'no-such-domain', canonicalName, data: [], ttlSeconds: null, authenticated };
    }
    const data = pick(found.records);
    if (data.length === 0) {
      return { status: 'no-data', canonicalName, data, ttlSeconds: null, authenticated };
    }
    return { status: 'ok', canonicalName, data, ttlSeconds: found.ttlSeconds, authenticated };
  }

  return {
    questions,
    mx: (name, signal) => answer<MxData>(name, 'MX', mxData, signal),
    text: (name, type, signal) =>
      answer<string>(name, type, (records) => textData(records, type), signal),
  };
}

function mxData(records: ZoneRecords): MxData[] {
  return (records.MX ?? []).map(([preference, exchange]) => ({
    preference,
    exchange: zoneName(exchange),
  }));
}

function textData(records: ZoneRecords, type: Exclude<RecordType, 'MX'>): readonly string[] {
  if (type !== 'CNAME') return records[type] ?? [];
  return records.CNAME === undefined ? [] : [records.CNAME];
}

interface Followed {
  readonly canonicalName: string;
  readonly records: ZoneRecords | null;
  readonly ttlSeconds: number;
}

function follow(zone: Zone, name: string, type: RecordType): Followed {
  let canonicalName = zoneName(name);
  let ttlSeconds = Number.POSITIVE_INFINITY;
  for (let hops = 0; hops < LONGEST_ALIAS_CHAIN; hops += 1) {
    const entry = zoneEntry(zone, canonicalName);
    if (entry === 'server-failure') {
      throw dnsError('dns-failure', `The DNS failed for ${canonicalName} (SERVFAIL).`);
    }
    if (entry === 'no-answer') {
      throw dnsError('dns-timeout', `No DNS server answered for ${canonicalName}.`);
    }
    ttlSeconds = Math.min(ttlSeconds, entry?.ttlSeconds ?? DEFAULT_TTL_SECONDS);
    if (entry?.CNAME === undefined || type === 'CNAME') {
      return { canonicalName, records: entry, ttlSeconds };
    }
    canonicalName = zoneName(entry.CNAME);
  }
  throw dnsError('dns-loop', `The aliases of ${zoneName(name)} run in a circle.`);
}

function dnsError(code: string, message: string): GreyprobeError {
  return new GreyprobeError(code, message, { exit: EXIT.unreachable });
}
