import { expect } from 'chai';
import {
  MAX_MAIL_HOSTS,
  resolveGivenHost,
  resolveMailHosts,
} from '../../../../src/edges/dns/mail-hosts.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { type ZoneName, type ZoneOptions, ZoneResolver } from './support/zone.js';

// 203.0.113.0/24 and the like are reserved for examples, so public-looking addresses are needed.
const V4 = '8.8.4.4';
const V4_OTHER = '9.9.9.9';
const V6 = '2620:fe::fe';

function zone(names: Readonly<Record<string, ZoneName>>, options?: ZoneOptions): ZoneResolver {
  return new ZoneResolver(names, options);
}

async function failureOf(work: Promise<unknown>): Promise<GreyprobeError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GreyprobeError) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

describe('mail hosts', () => {
  describe('from MX records', () => {
    it('are listed by preference, then in the order of the answer', async () => {
      const resolver = zone({
        'example.org': {
          MX: [
            [20, 'b.example.org'],
            [10, 'z.example.org'],
            [20, 'a.example.org'],
          ],
        },
        'a.example.org': { A: [V4] },
        'b.example.org': { A: [V4] },
        'z.example.org': { A: [V4_OTHER], AAAA: [V6] },
      });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result).to.deep.equal({
        domain: 'example.org',
        kind: 'hosts',
        hosts: [
          { name: 'z.example.org', preference: 10, addresses: [V4_OTHER, V6], origin: 'mx' },
          { name: 'b.example.org', preference: 20, addresses: [V4], origin: 'mx' },
          { name: 'a.example.org', preference: 20, addresses: [V4], origin: 'mx' },
        ],
        ttlSeconds: 300,
        authenticated: false,
        warnings: [],
      });
    });

    it('ask for MX first, then for both kinds of address, and never for the domain itself', async () => {
      const resolver = zone({
        'example.org': { MX: [[10, 'mx.example.org']], A: [V4] },
        'mx.example.org': { A: [V4] },
      });
      await resolveMailHosts('example.org', resolver);
      expect(resolver.calls).to.deep.equal([
        'MX example.org',
        'A mx.example.org',
        'AAAA mx.example.org',
      ]);
    });

    it('carry the TTL and the AD bit of the MX answer', async () => {
      const resolver = zone(
        { 'example.org': { MX: [[10, 'mx.example.org']] }, 'mx.example.org': { A: [V4] } },
        { ttlSeconds: 77, authenticated: ['example.org'] },
      );
      const result = await resolveMailHosts('example.org', resolver);
      expect(result).to.include({ ttlSeconds: 77, authenticated: true });
    });

    it('accept an international domain', async () => {
      const resolver = zone({
        'xn--bcher-kva.example': { MX: [[10, 'mx.example.org']] },
        'mx.example.org': { A: [V4] },
      });
      const result = await resolveMailHosts('Bücher.example', resolver);
      expect(result).to.include({ domain: 'xn--bcher-kva.example', kind: 'hosts' });
    });

    it('keep only the family asked for', async () => {
      const resolver = zone({
        'example.org': { MX: [[10, 'mx.example.org']] },
        'mx.example.org': { A: [V4], AAAA: [V6] },
      });
      const result = await resolveMailHosts('example.org', resolver, { family: 'ipv6' });
      expect(result.hosts[0]?.addresses).to.deep.equal([V6]);
    });

    it('fail with exit 5, not 4, when only the other family has addresses', async () => {
      const resolver = zone({
        'example.org': { MX: [[10, 'mx.example.org']] },
        'mx.example.org': { A: [V4] },
      });
      const error = await failureOf(resolveMailHosts('example.org', resolver, { family: 'ipv6' }));
      expect(error).to.include({ code: 'no-address-family', exit: 5 });
      expect(error.message).to.equal('No mail host of example.org has an IPv6 address.');
    });
  });

  describe('of a domain that takes no mail', () => {
    it('null MX', async () => {
      const resolver = zone({ 'example.org': { MX: [[0, '']], A: [V4] } });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result).to.deep.include({ kind: 'null-mx', hosts: [], warnings: [] });
      expect(resolver.calls).to.deep.equal(['MX example.org']);
    });

    it('no such domain', async () => {
      const resolver = zone({});
      const result = await resolveMailHosts('example.org', resolver);
      expect(result).to.deep.include({ kind: 'no-such-domain', hosts: [] });
      expect(resolver.calls).to.deep.equal(['MX example.org']);
    });

    it('an alias of a name that does not exist', async () => {
      const resolver = zone({ 'example.org': { CNAME: 'gone.example.net' } });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result).to.deep.include({
        kind: 'no-such-domain',
        warnings: [
          {
            code: 'domain-is-alias',
            host: 'gone.example.net',
            message:
              'example.org is an alias (CNAME) of gone.example.net, so what the DNS says about that name counts.',
          },
        ],
      });
    });

    it('neither MX nor address', async () => {
      const result = await resolveMailHosts('example.org', zone({ 'example.org': {} }));
      expect(result).to.deep.include({ kind: 'no-hosts', hosts: [] });
    });

    it('MX that have no address: they are listed, and no address of the domain is used', async () => {
      const resolver = zone({
        'example.org': {
          MX: [
            [10, 'gone.example.org'],
            [20, 'empty.example.org'],
          ],
          A: [V4],
        },
        'empty.example.org': {},
      });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result.kind).to.equal('no-hosts');
      expect(result.hosts.map((host) => [host.name, host.addresses])).to.deep.equal([
        ['gone.example.org', []],
        ['empty.example.org', []],
      ]);
      expect(result.warnings.map(({ code, message }) => [code, message])).to.deep.equal([
        [
          'mx-no-address',
          'The mail host gone.example.org does not exist; mail cannot be sent to it.',
        ],
        [
          'mx-no-address',
          'The mail host empty.example.org has no address; mail cannot be sent to it.',
        ],
      ]);
    });
  });

  describe('by implicit MX', () => {
    it('are the domain itself', async () => {
      const resolver = zone({ 'example.org': { A: [V4], AAAA: [V6] } });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result).to.deep.include({
        kind: 'hosts',
        hosts: [{ name: 'example.org', preference: 0, addresses: [V4, V6], origin: 'implicit' }],
        ttlSeconds: 300,
      });
    });

    it('are the target of an alias', async () => {
      const resolver = zone({
        'example.org': { CNAME: 'real.example.net' },
        'real.example.net': { A: [V4] },
      });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result.hosts[0]).to.include({ name: 'real.example.net', origin: 'implicit' });
      expect(result.warnings).to.deep.equal([]);
    });

    it('are not concluded from a failure', async () => {
      const resolver = zone({ 'example.org': { A: 'SERVFAIL', AAAA: 'SERVFAIL' } });
      const error = await failureOf(resolveMailHosts('example.org', resolver));
      expect(error).to.include({ code: 'dns-failure', exit: 5 });
    });
  });

  describe('given as an address', () => {
    for (const [text, address] of [
      ['[8.8.4.4]', '8.8.4.4'],
      ['8.8.4.4', '8.8.4.4'],
      ['[IPv6:2620:fe::fe]', '2620:fe::fe'],
      ['2620:fe::fe', '2620:fe::fe'],
    ] as const) {
      it(`${text} needs no DNS`, async () => {
        const resolver = zone({});
        const result = await resolveMailHosts(text, resolver);
        expect(result).to.deep.include({
          domain: address,
          kind: 'hosts',
          hosts: [{ name: address, preference: 0, addresses: [address], origin: 'given' }],
          warnings: [],
        });
        expect(resolver.calls).to.deep.equal([]);
      });
    }

    it('must be of the family asked for', async () => {
      const error = await failureOf(resolveMailHosts('[8.8.4.4]', zone({}), { family: 'ipv6' }));
      expect(error.code).to.equal('no-address-family');
      expect(error.message).to.equal('8.8.4.4 is no IPv6 address.');
    });
  });

  describe('given as a host', () => {
    const records = {
      'mx.example.org': { A: [V4], AAAA: [V6] },
      'v4.example.org': { A: [V4] },
      'empty.example.org': {},
      'broken.example.org': { A: 'SERVFAIL', AAAA: [V6] },
    } as const;

    it('are where its name leads, without MX', async () => {
      const resolver = zone(records);
      const found = await resolveGivenHost('mx.example.org', resolver, { family: 'ipv6' });
      expect(found).to.deep.include({
        kind: 'hosts',
        hosts: [{ name: 'mx.example.org', preference: 0, addresses: [V6], origin: 'given' }],
        warnings: [],
      });
      expect(resolver.calls).to.deep.equal(['A mx.example.org', 'AAAA mx.example.org']);
    });

    it('are the address itself, without the DNS and without a word on it', async () => {
      const resolver = zone({});
      const found = await resolveGivenHost('127.0.0.1', resolver);
      expect(found.hosts[0]?.addresses).to.deep.equal(['127.0.0.1']);
      expect([...found.warnings, ...resolver.calls]).to.deep.equal([]);
    });

    it('are none where the name has no address', async () => {
      const { kind } = await resolveGivenHost('empty.example.org', zone(records));
      expect(kind).to.equal('no-hosts');
    });

    for (const [host, family, says] of [
      ['v4.example.org', 'ipv6', 'The host v4.example.org has no IPv6 address.'],
      ['8.8.4.4', 'ipv6', '8.8.4.4 is no IPv6 address.'],
      [
        'broken.example.org',
        'ipv4',
        'The DNS server 192.0.2.53:53 answered SERVFAIL for broken.example.org.',
      ],
    ] as const) {
      it(`${host} fails under --${family}: ${says}`, async () => {
        const error = await failureOf(resolveGivenHost(host, zone(records), { family }));
        expect(error).to.include({ message: says, exit: 5 });
      });
    }
  });

  describe('when the DNS fails', () => {
    it('for the MX records, the failure is thrown', async () => {
      for (const [how, code] of [
        ['SERVFAIL', 'dns-failure'],
        ['TIMEOUT', 'dns-timeout'],
      ] as const) {
        const resolver = zone({ 'example.org': { MX: how, A: [V4] } });
        expect(await failureOf(resolveMailHosts('example.org', resolver))).to.include({ code });
        expect(resolver.calls).to.deep.equal(['MX example.org']);
      }
    });

    it('for one host, the others are used', async () => {
      const resolver = zone({
        'example.org': {
          MX: [
            [10, 'broken.example.org'],
            [20, 'mx.example.org'],
          ],
        },
        'broken.example.org': { A: 'SERVFAIL', AAAA: 'SERVFAIL' },
        'mx.example.org': { A: [V4] },
      });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result.kind).to.equal('hosts');
      expect(result.warnings).to.deep.equal([
        {
          code: 'mx-lookup-failed',
          host: 'broken.example.org',
          message:
            'Addresses of broken.example.org may be missing: The DNS server 192.0.2.53:53 answered SERVFAIL for broken.example.org.',
        },
      ]);
    });

    it('for AAAA only, the IPv4 addresses are used', async () => {
      const resolver = zone({
        'example.org': { MX: [[10, 'mx.example.org']] },
        'mx.example.org': { A: [V4], AAAA: 'TIMEOUT' },
      });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result.hosts[0]?.addresses).to.deep.equal([V4]);
      expect(result.warnings.map(({ code }) => code)).to.deep.equal(['mx-lookup-failed']);
    });

    it('for the family asked for, the failure is thrown: it is not known that there is none', async () => {
      const hosts = { A: 'SERVFAIL', AAAA: [V6] } as const;
      for (const records of [
        { 'example.org': { MX: [[10, 'mx.example.org']] as const }, 'mx.example.org': hosts },
        { 'example.org': hosts },
      ]) {
        const asked = resolveMailHosts('example.org', zone(records), { family: 'ipv4' });
        expect(await failureOf(asked)).to.include({ code: 'dns-failure', exit: 5 });
      }
    });

    it('for the other family, nobody is told, unless that may be all there is', async () => {
      const records = (A: readonly string[]) => ({
        'example.org': { MX: [[10, 'mx.example.org']] as const },
        'mx.example.org': { A, AAAA: 'TIMEOUT' as const },
      });
      const found = await resolveMailHosts('example.org', zone(records([V4])), { family: 'ipv4' });
      expect(found).to.deep.include({ kind: 'hosts', warnings: [] });
      const none = resolveMailHosts('example.org', zone(records([])), { family: 'ipv4' });
      expect(await failureOf(none)).to.include({ code: 'dns-timeout', exit: 5 });
    });

    it('for every host, the failure is thrown: the domain may well take mail', async () => {
      const resolver = zone({
        'example.org': {
          MX: [
            [10, 'empty.example.org'],
            [20, 'mx.example.org'],
          ],
        },
        'empty.example.org': {},
        'mx.example.org': { A: 'TIMEOUT', AAAA: 'TIMEOUT' },
      });
      expect(await failureOf(resolveMailHosts('example.org', resolver))).to.include({
        code: 'dns-timeout',
      });
    });

    it('an abort ends the work with its reason', async () => {
      const reason = new Error('enough');
      const work = resolveMailHosts('example.org', zone({}), { signal: AbortSignal.abort(reason) });
      const thrown = await work.catch((error: unknown) => error);
      expect(thrown).to.equal(reason);
    });
  });

  describe('warn about', () => {
    async function warnings(names: Readonly<Record<string, ZoneName>>) {
      const result = await resolveMailHosts('example.org', zone(names));
      return result.warnings.map(({ code, host }) =>
        host === undefined ? code : `${code} ${host}`,
      );
    }

    it('a null MX next to others, which is ignored', async () => {
      expect(
        await warnings({
          'example.org': {
            MX: [
              [0, ''],
              [10, 'mx.example.org'],
            ],
          },
          'mx.example.org': { A: [V4] },
        }),
      ).to.deep.equal(['null-mx-beside-others']);
    });

    it('an MX that is an alias, which is used', async () => {
      const resolver = zone({
        'example.org': { MX: [[10, 'mx.example.org']] },
        'mx.example.org': { CNAME: 'real.example.net' },
        'real.example.net': { A: [V4] },
      });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result.hosts[0]).to.deep.include({ name: 'mx.example.org', addresses: [V4] });
      expect(result.warnings[0]?.code).to.equal('mx-is-alias');
      expect(result.warnings[0]?.message).to.contain('RFC 2181 §10.3');
    });

    for (const exchange of ['8.8.4.4', '2620:fe::fe', '[8.8.4.4]', '[IPv6:2620:fe::fe]']) {
      it(`an MX that is the address ${exchange}, which is neither used nor asked for`, async () => {
        const resolver = zone({ 'example.org': { MX: [[10, exchange]] } });
        const result = await resolveMailHosts('example.org', resolver);
        expect(result.kind).to.equal('no-hosts');
        expect(result.warnings.map(({ code }) => code)).to.deep.equal(['mx-is-address']);
        expect(resolver.calls).to.deep.equal(['MX example.org']);
      });
    }

    it('an MX that is no host name', async () => {
      expect(
        await warnings({ 'example.org': { MX: [[10, 'a\\032b.example.org']] } }),
      ).to.deep.equal(['mx-bad-name a\\032b.example.org']);
    });

    it('addresses that the internet does not reach', async () => {
      expect(
        await warnings({
          'example.org': {
            MX: [
              [10, 'a.example.org'],
              [20, 'b.example.org'],
              [30, 'c.example.org'],
            ],
          },
          'a.example.org': { A: ['127.0.0.1'] },
          'b.example.org': { A: [V4, '10.0.0.1'], AAAA: ['fd00::1'] },
          'c.example.org': { A: [V4], AAAA: ['::ffff:192.168.0.1'] },
        }),
      ).to.deep.equal([
        'mx-address-not-public a.example.org',
        'mx-address-not-public b.example.org',
        'mx-address-not-public c.example.org',
      ]);
    });

    it('a host that stands in two records; its lowest preference counts', async () => {
      const resolver = zone({
        'example.org': {
          MX: [
            [20, 'mx.example.org'],
            [10, 'mx.example.org'],
          ],
        },
        'mx.example.org': { A: [V4] },
      });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result.hosts.map((host) => host.preference)).to.deep.equal([10]);
      expect(result.warnings.map(({ code }) => code)).to.deep.equal(['mx-duplicate']);
      expect(resolver.calls).to.have.length(3);
    });

    it('more hosts than are looked up', async () => {
      const names = Array.from({ length: 25 }, (_, n) => `mx${n}.example.org`);
      const resolver = zone({
        'example.org': { MX: names.map((name, n) => [n, name] as const) },
        ...Object.fromEntries(names.map((name) => [name, { A: [V4] }])),
      });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result.hosts).to.have.length(MAX_MAIL_HOSTS);
      expect(result.warnings.map(({ code }) => code)).to.deep.equal(['mx-too-many']);
      expect(resolver.calls).to.have.length(1 + 2 * MAX_MAIL_HOSTS);
    });

    it('more addresses than are shown, and shows each once', async () => {
      const addresses = Array.from({ length: 40 }, (_, n) => `8.8.4.${n}`);
      const resolver = zone({
        'example.org': { MX: [[10, 'mx.example.org']] },
        'mx.example.org': { A: [...addresses, ...addresses] },
      });
      const result = await resolveMailHosts('example.org', resolver);
      expect(result.hosts[0]?.addresses).to.deep.equal(addresses.slice(0, 32));
      expect(result.warnings.map(({ code }) => code)).to.deep.equal(['mx-too-many-addresses']);
    });
  });
});
