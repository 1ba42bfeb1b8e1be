import { isIPv4 } from 'node:net';
import { expect } from 'chai';
import { addressesIn, endpointFinder } from '../../../../src/edges/dns/endpoint-addresses.js';
import { ServerFailure } from '../../../../src/edges/dns/server-failure.js';
import type { Resolver } from '../../../../src/model/ports/resolver.js';
import { ZoneResolver } from './support/zone.js';

const HOSTS = [
  '# comment dns.example',
  '192.0.2.1\tDNS.example dns # dns.other.example',
  '2001:db8::1   dns.example',
  'not-an-address broken.example',
  '',
].join('\r\n');

/** Addresses that the socket would try. */
async function found(host: string, resolver: Resolver | null): Promise<readonly string[]> {
  const lookup = await endpointFinder(host, resolver)(new AbortController().signal);
  return new Promise((resolve, reject) =>
    lookup(host, { all: true }, (error, addresses) => {
      if (error !== null || typeof addresses === 'string') reject(error);
      else resolve(addresses.map(({ address }) => address));
    }),
  );
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('the hosts file', () => {
  for (const [host, addresses] of [
    ['dns.example', ['192.0.2.1', '2001:db8::1']],
    ['dns', ['192.0.2.1']],
    ['dns.other.example', []],
    ['broken.example', []],
    ['localhost', ['127.0.0.1', '::1']],
  ] as const) {
    it(`gives ${addresses.length} addresses of ${host}`, () =>
      expect(addressesIn(HOSTS, host)).to.deep.equal(addresses));
  }
});

describe('the place of an endpoint', () => {
  it('is its address, without a question', async () => {
    const zone = new ZoneResolver({});
    expect(await found('192.0.2.53', zone)).to.deep.equal(['192.0.2.53']);
    expect(await found('2001:db8::53', zone)).to.deep.equal(['2001:db8::53']);
    expect(zone.calls).to.deep.equal([]);
  });

  it('is where the resolver says, asked once', async () => {
    const zone = new ZoneResolver({ 'dns.example': { A: ['192.0.2.53'], AAAA: ['2001:db8::53'] } });
    const find = endpointFinder('dns.example', zone);
    const { signal } = new AbortController();
    const lookup = await find(signal);
    await find(signal);
    expect(zone.calls).to.deep.equal(['A dns.example', 'AAAA dns.example']);
    lookup('dns.example', {}, (_, address) =>
      expect(address).to.satisfy((one: unknown) => typeof one === 'string' && isIPv4(one)),
    );
  });

  it('is unknown where the name does not exist, the DNS fails, or nobody can be asked', async () => {
    const zone = new ZoneResolver({ 'broken.example': { A: 'SERVFAIL', AAAA: 'TIMEOUT' } });
    for (const work of [
      found('gone.example', zone),
      found('broken.example', zone),
      found('dns.example', null),
    ]) {
      const failure = await failureOf(work);
      expect(failure).to.be.instanceOf(ServerFailure).and.to.include({ kind: 'unreachable' });
    }
  });

  it('is no longer looked for when the time is up', async () => {
    const reason = new ServerFailure('timeout', 'did not answer within 5 s');
    const find = endpointFinder('dns.example', new ZoneResolver({}));
    expect(await failureOf(find(AbortSignal.abort(reason)))).to.equal(reason);
  });
});
