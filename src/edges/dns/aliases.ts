import type { RecordType } from '../../model/ports/resolver.js';
import type { DnsRecord } from './response.js';

/** No honest name has more aliases in a row; resolvers stop at about as many. */
export const MAX_ALIASES = 8;

/** Aliases in a circle, or more of them in a row than `MAX_ALIASES`. */
export class AliasLoop extends Error {
  override readonly name = 'AliasLoop';
  readonly circular: boolean;

  constructor(circular: boolean) {
    super(circular ? 'aliases in a circle' : 'too many aliases');
    this.circular = circular;
  }
}

export interface AliasWalk {
  /** Where the aliases in this answer lead: the name asked for when there are none. */
  readonly canonicalName: string;
  /** Records of the wanted type at the canonical name. */
  readonly records: readonly DnsRecord[];
  /** Smallest TTL of aliases and records, or null when there are none. */
  readonly ttlSeconds: number | null;
}

/**
 * Follows the aliases (CNAME) of one answer from `name` to records of `type`, whatever their
 * order (RFC 1034 §3.6.2). Adds every name on the way to `visited`, which spans the further
 * queries for one question. Throws `AliasLoop`.
 */
export function followAliases(
  name: string,
  type: RecordType,
  records: readonly DnsRecord[],
  visited: Set<string>,
): AliasWalk {
  let current = name;
  let ttlSeconds: number | null = null;
  for (;;) {
    visited.add(current);
    const found = records.filter((record) => record.type === type && record.owner === current);
    if (found.length > 0) {
      return { canonicalName: current, records: found, ttlSeconds: lowest(ttlSeconds, found) };
    }
    const alias = records.find((record) => record.type === 'CNAME' && record.owner === current);
    if (alias?.type !== 'CNAME') return { canonicalName: current, records: [], ttlSeconds };
    if (visited.has(alias.text)) throw new AliasLoop(true);
    if (visited.size > MAX_ALIASES) throw new AliasLoop(false);
    ttlSeconds = lowest(ttlSeconds, [alias]);
    current = alias.text;
  }
}

function lowest(ttlSeconds: number | null, records: readonly DnsRecord[]): number {
  const all = records.map((record) => record.ttlSeconds);
  return Math.min(...(ttlSeconds === null ? all : [ttlSeconds, ...all]));
}
