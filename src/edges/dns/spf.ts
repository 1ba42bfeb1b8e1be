import type { Resolver } from '../../model/ports/resolver.js';
import { ipaddr } from './address-range.js';
import { findAddresses } from './host-addresses.js';

/** RFC 7208 §2.6; `unknown` where macros or `ptr` decide, which are not worked out here. */
type SpfResult = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'permerror' | 'unknown';

export interface SpfFinding {
  readonly result: SpfResult;
  /** The term that decided, such as `ip4:192.0.2.0/24`; null: none did. */
  readonly by: string | null;
}

const QUALIFIERS: Readonly<Record<string, SpfResult>> = {
  '+': 'pass',
  '-': 'fail',
  '~': 'softfail',
  '?': 'neutral',
};

/** RFC 7208 §4.6.4. */
const MOST_LOOK_UPS = 10;

/**
 * Whether a domain lets an address send its mail (RFC 7208 §4). Rejects where the DNS does not help.
 *
 *   v=spf1 ip4:192.0.2.0/24 -all, for 192.0.2.7    pass, by ip4:192.0.2.0/24
 */
export function evaluateSpf(
  domain: string,
  address: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<SpfFinding> {
  return new Evaluation(address, resolver, signal).of(domain);
}

class Evaluation {
  readonly #address: string;
  readonly #resolver: Resolver;
  readonly #signal: AbortSignal;
  #lookUps = 0;

  constructor(address: string, resolver: Resolver, signal: AbortSignal) {
    this.#address = address;
    this.#resolver = resolver;
    this.#signal = signal;
  }

  async of(domain: string): Promise<SpfFinding> {
    const { data } = await this.#resolver.text(domain, 'TXT', this.#signal);
    const [record, ...others] = data.filter((text) => /^v=spf1(?: |$)/iu.test(text));
    if (record === undefined) return { result: 'none', by: null };
    if (others.length > 0) return { result: 'permerror', by: null };
    const terms = record
      .split(' ')
      .slice(1)
      .filter((term) => term !== '');
    for (const term of terms) {
      const found = await this.#mechanism(term, domain);
      if (found !== null) return { result: found, by: term };
    }
    const redirect = terms.find((term) => /^redirect=/iu.test(term));
    if (redirect === undefined) return { result: 'neutral', by: null };
    const target = redirect.slice('redirect='.length);
    if (!this.#mayLookUp() || target.includes('%')) return { result: 'unknown', by: redirect };
    const { result, by } = await this.of(target);
    return { result: result === 'none' ? 'permerror' : result, by: by ?? redirect };
  }

  /** What a term says of the address; null: it does not match, or is no mechanism. */
  async #mechanism(term: string, domain: string): Promise<SpfResult | null> {
    const parts = /^([-+~?]?)([a-z0-9]+)(?::([^/]*))?((?:\/.*)?)$/iu.exec(term);
    if (parts === null) return null;
    const [, qualifier = '', name = '', given = domain, prefix = ''] = parts;
    const says = QUALIFIERS[qualifier || '+'] ?? 'permerror';
    if (given.includes('%')) return 'unknown';
    switch (name.toLowerCase()) {
      case 'all':
        return says;
      case 'ip4':
      case 'ip6':
        // An IPv6 address holds colons, which are no part of the name.
        return this.#isWithin(`${term.slice(term.indexOf(':') + 1)}`) ? says : null;
      case 'a':
        if (!this.#mayLookUp()) return 'permerror';
        return (await this.#isOf(given, prefix)) ? says : null;
      case 'mx':
        if (!this.#mayLookUp()) return 'permerror';
        return (await this.#isMailHost(given, prefix)) ? says : null;
      case 'include':
        return this.#mayLookUp() ? this.#included(given, says) : 'permerror';
      case 'exists':
        if (!this.#mayLookUp()) return 'permerror';
        return (await this.#resolver.text(given, 'A', this.#signal)).data.length > 0 ? says : null;
      case 'ptr':
        return 'unknown';
      default:
        return 'permerror';
    }
  }

  /** RFC 7208 §5.2: only a pass of the other record matches. */
  async #included(domain: string, says: SpfResult): Promise<SpfResult | null> {
    const { result } = await this.of(domain);
    if (result === 'pass') return says;
    if (result === 'unknown') return 'unknown';
    return result === 'none' || result === 'permerror' ? 'permerror' : null;
  }

  async #isMailHost(domain: string, prefix: string): Promise<boolean> {
    const { data } = await this.#resolver.mx(domain, this.#signal);
    for (const { exchange } of data.slice(0, MOST_LOOK_UPS)) {
      if (exchange !== '' && (await this.#isOf(exchange, prefix))) return true;
    }
    return false;
  }

  /** `prefix`: `/24`, `//64`, or both as `/24//64`. */
  async #isOf(name: string, prefix: string): Promise<boolean> {
    const [, four = '32', six = '128'] = /^(?:\/(\d+))?(?:\/\/(\d+))?$/u.exec(prefix) ?? [];
    const { all } = await findAddresses(name, this.#resolver, this.#signal);
    return all.some((one) => this.#isWithin(`${one}/${one.includes(':') ? six : four}`));
  }

  #isWithin(network: string): boolean {
    const [start = '', bits] = network.split('/');
    if (!ipaddr.isValid(start)) return false;
    const own = ipaddr.process(this.#address);
    const other = ipaddr.parse(start);
    if (own.kind() !== other.kind()) return false;
    const whole = own.kind() === 'ipv4' ? 32 : 128;
    const length = bits === undefined ? whole : Number(bits);
    return length >= 0 && length <= whole && own.match(other, length);
  }

  #mayLookUp(): boolean {
    this.#lookUps += 1;
    return this.#lookUps <= MOST_LOOK_UPS;
  }
}
