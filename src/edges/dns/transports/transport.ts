import type { DnsQuery } from '../query.js';
import type { DnsResponse } from '../response.js';

/**
 * Sends one query to one server and gives its answer. Rejects with `ServerFailure`, or with the
 * signal's reason once it is aborted; the signal is also the time limit, so it always ends.
 */
export type Transport = (query: DnsQuery, signal: AbortSignal) => Promise<DnsResponse>;
