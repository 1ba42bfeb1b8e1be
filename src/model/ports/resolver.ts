/** Record types that greyprobe asks for. */
export type RecordType = 'MX' | 'A' | 'AAAA' | 'CNAME' | 'TXT' | 'PTR';

export interface MxData {
  readonly preference: number;
  /** Exchange in A-labels without the trailing dot; `''` for the root (null MX, RFC 7505). */
  readonly exchange: string;
}

/**
 * The answer to one question, with names kept apart that `node:dns` folds together.
 *
 * `data` holds MxData for MX, text for all others (addresses, names, TXT strings joined).
 * `canonicalName` differs from the question's name where aliases (CNAME) were followed.
 */
export interface DnsAnswer<T> {
  readonly status: 'ok' | 'no-data' | 'no-such-domain';
  readonly canonicalName: string;
  readonly data: readonly T[];
  /** Smallest TTL of the records that make up the answer, or null when there are none. */
  readonly ttlSeconds: number | null;
  /** The resolver set the AD bit. */
  readonly authenticated: boolean;
}

/**
 * Asks the DNS. Throws `GreyprobeError` with code `dns-failure` (server failure, refusal),
 * `dns-timeout` (nobody answered) or `dns-loop` (aliases in a circle).
 */
export interface Resolver {
  mx(name: string, signal?: AbortSignal): Promise<DnsAnswer<MxData>>;
  text(
    name: string,
    type: Exclude<RecordType, 'MX'>,
    signal?: AbortSignal,
  ): Promise<DnsAnswer<string>>;
}
