import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import type { RecordType } from '../../model/ports/resolver.js';
import type { DnsRecord } from './response.js';

/** Resolvers follow 11 (Unbound) to 16 (BIND) in a row: beyond that no sender gets there either. */
const MAX_ALIASES = 16;

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
 * queries for one question, which was about `asked`. Throws `dns-loop`.
 */
export function followAliases(
  asked: string,
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
    if (visited.has(alias.text)) throw aliasLoop(`The aliases (CNAME) of ${asked} go in a circle.`);
    if (visited.size > MAX_ALIASES) {
      throw aliasLoop(`${asked} has more than ${MAX_ALIASES} aliases (CNAME) in a row.`);
    }
    ttlSeconds = lowest(ttlSeconds, [alias]);
    current = alias.text;
  }
}

/** Aliases that lead nowhere: the domain's own mistake, so another server would not help. */
function aliasLoop(message: string): GreyprobeError {
  return new GreyprobeError('dns-loop', message, {
    exit: EXIT.unreachable,
    suggestions: [
      'Only the owner of the domain can mend this. probe --host <name> skips the DNS of the domain.',
    ],
  });
}

function lowest(ttlSeconds: number | null, records: readonly DnsRecord[]): number {
  const all = records.map((record) => record.ttlSeconds);
  return Math.min(...(ttlSeconds === null ? all : [ttlSeconds, ...all]));
}
