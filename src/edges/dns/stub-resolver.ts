import pLimit, { type LimitFunction } from 'p-limit';
import type { DnsAnswer, MxData, RecordType, Resolver } from '../../model/ports/resolver.js';
import { followAliases } from './aliases.js';
import { fitsTheWire } from './query.js';
import { type FailedTry, noAnswer, noServers, unaskableName } from './resolver-errors.js';
import type { DnsRecord, DnsResponse } from './response.js';
import type { DnsServer } from './server.js';
import { ServerFailure } from './server-failure.js';
import { withinTime } from './time-limit.js';

export interface StubLimits {
  /** For one answer of one server over one transport. */
  readonly tryMs: number;
  /** How often a silent server is asked; others are asked once. */
  readonly rounds: number;
  /** For one question, over all servers and tries. */
  readonly totalMs: number;
  /** Questions under way at the same time. */
  readonly concurrency: number;
}

interface Question<T> {
  readonly name: string;
  readonly type: RecordType;
  /** What records of the type hold. */
  readonly dataOf: (record: DnsRecord) => readonly T[];
}

/**
 * A stub resolver (RFC 1034 §5.3.1): asks recursive servers in turn and follows aliases.
 * A server that fails is not asked that question again; one that keeps silent gets another round,
 * and comes last from then on where another one answered.
 */
export class StubResolver implements Resolver {
  #servers: readonly DnsServer[];
  readonly #limits: StubLimits;
  readonly #limited: LimitFunction;

  constructor(servers: readonly DnsServer[], limits: StubLimits) {
    this.#servers = servers;
    this.#limits = limits;
    this.#limited = pLimit(limits.concurrency);
  }

  mx(name: string, signal?: AbortSignal): Promise<DnsAnswer<MxData>> {
    return this.#limited(() => this.#resolve({ name, type: 'MX', dataOf: mxOf }, signal));
  }

  text(
    name: string,
    type: Exclude<RecordType, 'MX'>,
    signal?: AbortSignal,
  ): Promise<DnsAnswer<string>> {
    return this.#limited(() => this.#resolve({ name, type, dataOf: textOf }, signal));
  }

  /** The time is for the whole question: a server that deals out aliases one by one gains nothing. */
  async #resolve<T>(question: Question<T>, signal?: AbortSignal): Promise<DnsAnswer<T>> {
    const tries: FailedTry[] = [];
    try {
      return await withinTime(this.#limits.totalMs, signal, (limited) =>
        this.#followToTheEnd(question, tries, limited),
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ServerFailure)) throw error;
      throw noAnswer(tries.length > 0 ? tries : [this.#outOfTime()]);
    }
  }

  async #followToTheEnd<T>(
    { name, type, dataOf }: Question<T>,
    tries: FailedTry[],
    signal: AbortSignal,
  ): Promise<DnsAnswer<T>> {
    const visited = new Set<string>();
    let current = name.toLowerCase();
    let ttlSeconds: number | null = null;
    let authenticated = true;
    for (;;) {
      if (!fitsTheWire(current)) throw unaskableName(name, current);
      const response = await this.#askRounds(current, type, tries, signal);
      authenticated &&= response.authenticated;
      const walk = followAliases(name, current, type, response.records, visited);
      ttlSeconds = lower(ttlSeconds, walk.ttlSeconds);
      const end = { canonicalName: walk.canonicalName, ttlSeconds, authenticated };
      if (response.responseCode === 'NXDOMAIN')
        return { ...end, status: 'no-such-domain', data: [] };
      if (walk.records.length > 0) {
        return { ...end, status: 'ok', data: walk.records.flatMap(dataOf) };
      }
      if (walk.canonicalName === current) return { ...end, status: 'no-data', data: [] };
      // The server gave aliases without their end: ask for it. Bounded by the limit on aliases.
      current = walk.canonicalName;
    }
  }

  /** Fills `tries` as it goes, so that the story is known even when the time runs out. */
  async #askRounds(
    name: string,
    type: RecordType,
    tries: FailedTry[],
    signal: AbortSignal,
  ): Promise<DnsResponse> {
    let servers = this.#servers;
    if (servers.length === 0) throw noServers();
    let failure = new ServerFailure('timeout', 'did not answer');
    tries.length = 0;
    for (let round = 0; round < this.#limits.rounds && servers.length > 0; round += 1) {
      const silent: DnsServer[] = [];
      for (const server of servers) {
        try {
          const answer = await server.ask(name, type, this.#limits.tryMs, signal);
          const response = usable(answer, name, type);
          this.#askLast(silent);
          return response;
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof ServerFailure)) throw error;
          failure = error;
          tries.push({ label: server.label, failure });
          if (error.kind === 'timeout') silent.push(server);
        }
      }
      servers = silent;
    }
    throw failure;
  }

  /** The time was up though no try had failed: the server was giving aliases. */
  #outOfTime(): FailedTry {
    const says = `gave no full answer within ${this.#limits.totalMs / 1000} s`;
    return { label: this.#servers[0]?.label ?? '', failure: new ServerFailure('timeout', says) };
  }

  /** Puts servers that kept silent behind those that answer: the next question need not wait too. */
  #askLast(silent: readonly DnsServer[]): void {
    if (silent.length === 0) return;
    this.#servers = [...this.#servers.filter((one) => !silent.includes(one)), ...silent];
  }
}

/** Response codes that answer the question; all others are the server's failure. */
function usable(response: DnsResponse, name: string, type: RecordType): DnsResponse {
  const { responseCode, explanation } = response;
  if (response.referral && responseCode === 'NOERROR') {
    throw new ServerFailure(
      'response-code',
      `does not resolve names for others (asked for ${name})`,
    );
  }
  if (responseCode === 'NOERROR' || responseCode === 'NXDOMAIN') {
    if (!fits(response, name, type)) {
      throw new ServerFailure(
        'unreadable',
        `sent an answer that contradicts itself (for ${name} ${type})`,
      );
    }
    return response;
  }
  const because = explanation === null ? '' : ` (${explanation})`;
  throw new ServerFailure(
    'response-code',
    `answered ${responseCode} for ${name} ${type}${because}`,
  );
}

/** Records answer the question, by an alias at least; and a name that does not exist has none. */
function fits({ responseCode, records }: DnsResponse, name: string, type: RecordType): boolean {
  if (responseCode === 'NXDOMAIN' && records.some((record) => record.type === type)) return false;
  const answers = (record: DnsRecord) =>
    record.owner === name && (record.type === type || record.type === 'CNAME');
  return records.length === 0 || records.some(answers);
}

function mxOf(record: DnsRecord): readonly MxData[] {
  return record.type === 'MX' ? [record.mx] : [];
}

function textOf(record: DnsRecord): readonly string[] {
  return record.type === 'MX' ? [] : [record.text];
}

function lower(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.min(one, other);
}
