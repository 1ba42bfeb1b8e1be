import { GreyprobeError } from '../../../../../src/model/errors.js';
import { EXIT } from '../../../../../src/model/exit-codes.js';
import type {
  DnsAnswer,
  MxData,
  RecordType,
  Resolver,
} from '../../../../../src/model/ports/resolver.js';

/** `SERVFAIL` stands for a failure of the DNS; an array for records. */
type RecordSet<T> = readonly T[] | 'SERVFAIL' | 'TIMEOUT';

export interface ZoneName {
  readonly MX?: RecordSet<readonly [preference: number, exchange: string]>;
  readonly A?: RecordSet<string>;
  readonly AAAA?: RecordSet<string>;
  readonly TXT?: RecordSet<string>;
  readonly PTR?: RecordSet<string>;
  /** The name is an alias of this one. */
  readonly CNAME?: string;
}

export interface ZoneOptions {
  readonly ttlSeconds?: number;
  /** Names whose answers carry the AD bit. */
  readonly authenticated?: readonly string[];
}

/**
 * A resolver over a literal: a name that is missing does not exist (NXDOMAIN), one without the
 * type asked for has no data (NODATA). `calls` logs the questions in order, as `MX example.org`.
 */
export class ZoneResolver implements Resolver {
  readonly calls: string[] = [];
  readonly #zone: Readonly<Record<string, ZoneName>>;
  readonly #options: ZoneOptions;

  constructor(zone: Readonly<Record<string, ZoneName>>, options: ZoneOptions = {}) {
    this.#zone = zone;
    this.#options = options;
  }

  async mx(name: string, signal?: AbortSignal): Promise<DnsAnswer<MxData>> {
    return this.#answer(name, 'MX', signal, (entry) =>
      records(entry.MX, name).map(([preference, exchange]) => ({ preference, exchange })),
    );
  }

  async text(
    name: string,
    type: Exclude<RecordType, 'MX' | 'CNAME'>,
    signal?: AbortSignal,
  ): Promise<DnsAnswer<string>> {
    return this.#answer(name, type, signal, (entry) => records(entry[type], name));
  }

  #answer<T>(
    name: string,
    type: RecordType,
    signal: AbortSignal | undefined,
    read: (entry: ZoneName) => readonly T[],
  ): DnsAnswer<T> {
    signal?.throwIfAborted();
    this.calls.push(`${type} ${name}`);
    const canonicalName = this.#canonical(name);
    const entry = this.#zone[canonicalName];
    const data = entry === undefined ? [] : read(entry);
    const status = entry === undefined ? 'no-such-domain' : data.length > 0 ? 'ok' : 'no-data';
    return {
      status,
      canonicalName,
      data,
      ttlSeconds: data.length > 0 ? (this.#options.ttlSeconds ?? 300) : null,
      authenticated: this.#options.authenticated?.includes(name) ?? false,
    };
  }

  #canonical(name: string): string {
    const alias = this.#zone[name]?.CNAME;
    return alias === undefined ? name : this.#canonical(alias);
  }
}

function records<T>(set: RecordSet<T> | undefined, name: string): readonly T[] {
  if (set === 'SERVFAIL') throw failure('dns-failure', `answered SERVFAIL for ${name}`);
  if (set === 'TIMEOUT') throw failure('dns-timeout', 'did not answer within 2.5 s');
  return set ?? [];
}

function failure(code: string, says: string): GreyprobeError {
  return new GreyprobeError(code, `The DNS server 192.0.2.53:53 ${says}.`, {
    exit: EXIT.unreachable,
  });
}
