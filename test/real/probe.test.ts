import { expect } from 'chai';
import { type Finished, greyprobe, probeResult } from '../support/cli.js';
import { freePort } from './support/free-port.js';
import { type Postfix, startPostfix } from './support/postfix.js';
import { type PolicyService, startPostgrey } from './support/postgrey.js';
import { type RealDnsServer, startUnbound } from './support/unbound.js';

/*
 * The main job, by the built program, against Postfix with Postgrey and Unbound.
 */

const POOL = '{nonce}@sender.example';
/** All mail hosts on one port, since MX records carry none. */
let port: number;
let dns: RealDnsServer;
const running: { stop(): Promise<void> }[] = [];

async function mailHost(
  address: string,
  domain: string,
  parameters: Record<string, string>,
  more: { policyPort?: number; resolver?: string } = {},
): Promise<Postfix> {
  const postfix = await startPostfix({ address, port, domain, parameters, ...more });
  running.push(postfix);
  return postfix;
}

async function greylister(address: string, domain: string, delaySeconds: number): Promise<void> {
  const postgrey: PolicyService = await startPostgrey({ delaySeconds });
  running.push(postgrey);
  await mailHost(address, domain, {}, { policyPort: postgrey.port });
}

function probe(recipient: string, ...flags: readonly string[]): Promise<Finished> {
  const where = ['--resolver', `${dns.address}:${dns.port}`, '--port', String(port)];
  const who = ['--helo', 'client.sender.example'];
  return greyprobe(['probe', recipient, ...where, ...who, ...flags]);
}

function zoneOf(addresses: Readonly<Record<string, string>>) {
  const entries = Object.entries(addresses).flatMap(([domain, address]) => [
    [domain, { MX: [[10, `mx.${domain}`]] }] as const,
    [`mx.${domain}`, { A: [address] }] as const,
  ]);
  return Object.fromEntries(entries);
}

describe('greyprobe against real servers', function () {
  this.timeout(120_000);

  before(async () => {
    port = await freePort('127.0.1.1');
    dns = await startUnbound({
      zone: {
        ...zoneOf({
          'grey20.example': '127.0.1.1',
          'fixed20.example': '127.0.1.2',
          'grey60.example': '127.0.1.3',
          'open.example': '127.0.1.4',
          'helo.example': '127.0.1.5',
          'closed.example': '127.0.1.6',
          'refusing.example': '127.0.1.7',
        }),
        'null.example': { MX: [[0, '']] },
      },
    });
    running.push(dns);
    const names = await startUnbound({ address: '127.0.1.53', port: 53, zone: {} });
    running.push(names);
    await greylister('127.0.1.1', 'grey20.example', 20);
    await greylister('127.0.1.2', 'fixed20.example', 20);
    await greylister('127.0.1.3', 'grey60.example', 60);
    await mailHost('127.0.1.4', 'open.example', {});
    await mailHost(
      '127.0.1.5',
      'helo.example',
      { smtpd_helo_restrictions: 'reject_unknown_helo_hostname' },
      { resolver: names.address },
    );
    await mailHost('127.0.1.6', 'closed.example', { smtpd_recipient_restrictions: 'reject' });
  });

  after(async () => {
    for (const server of running.reverse()) await server.stop();
  });

  describe('with Postgrey', () => {
    const AGES = ['--retry-at', '10s,15s,18s,22s,30s'];
    let pool: Finished;
    let fixed: Finished;
    let planned: Finished;

    // The three wait most of the time, each at a mail host of its own.
    before(async () => {
      [pool, fixed, planned] = await Promise.all([
        probe('user@grey20.example', '--from', POOL, '--json', ...AGES),
        probe('user@fixed20.example', '--from', 'me@sender.example', '--json', ...AGES),
        probe('user@grey60.example', '--from', POOL, '--json'),
      ]);
    });

    it('measures a delay of 20 s with a pool of senders, and proves it', () => {
      const { verdict, window } = probeResult(pool);
      expect(pool.code).equal(0);
      expect(verdict.kind).equal('greylisted');
      expect(verdict.confidence).equal('confirmed');
      expect(verdict.implementation?.id).equal('postgrey');
      expect(window?.opens.afterSeconds).within(17, 20.1);
      expect(window?.opens.bySeconds).within(20, 23);
    });

    it('measures the same with one sender, and claims no proof', () => {
      const { verdict, window, warnings } = probeResult(fixed);
      expect(fixed.code).equal(0);
      expect(verdict.kind).equal('greylisted');
      expect(verdict.confidence).equal('likely');
      expect(window?.opens.afterSeconds).within(17, 20.1);
      expect(window?.opens.bySeconds).within(20, 23);
      expect(warnings.map((warning) => warning.code)).include('one-sender');
    });

    it('finds a delay of 60 s by its own plan, to 5 s, within 75 s', () => {
      const { verdict, window } = probeResult(planned);
      expect(planned.code).equal(0);
      expect(verdict.confidence).equal('confirmed');
      const after = window?.opens.afterSeconds ?? 0;
      const by = window?.opens.bySeconds ?? Number.POSITIVE_INFINITY;
      expect(after).most(60.1);
      expect(by).least(59);
      expect(by - after).most(5);
      expect(planned.seconds).most(75);
    });

    it('advises the value whose first retry lands', () => {
      expect(probeResult(planned).advice?.exchange2003.glitchRetrySeconds).least(60);
    });
  });

  it('says at once that a host accepts', async () => {
    const finished = await probe('user@open.example', '--from', POOL, '--json');
    expect(finished.code).equal(0);
    expect(probeResult(finished).verdict.kind).equal('accepted');
    expect(finished.seconds).most(3);
  });

  it('does not take a HELO check for greylisting, although the code is the same', async () => {
    const finished = await probe('user@helo.example', '--from', POOL, '--json');
    const { verdict, attempts } = probeResult(finished);
    expect(attempts[0]?.reply?.code).equal(450);
    expect(attempts[0]?.reply?.enhanced).equal('4.7.1');
    expect(verdict.kind).equal('deferred');
    expect(verdict.class).equal('helo');
    expect(finished.seconds).most(5);
  });

  it('tells a rejection from a deferral', async () => {
    const finished = await probe('user@closed.example', '--from', POOL, '--json');
    expect(finished.code).equal(6);
    expect(probeResult(finished).attempts[0]?.reply?.code).equal(554);
  });

  it('knows the null MX', async () => {
    const finished = await probe('user@null.example', '--from', POOL, '--json');
    expect(finished.code).equal(4);
    expect(probeResult(finished).verdict.kind).equal('no-mail-service');
  });

  it('names a blocked port as what may be wrong when nothing can be reached', async () => {
    const finished = await probe('user@refusing.example', '--from', POOL, '--details');
    expect(finished.code).equal(5);
    expect(finished.stdout).match(/block port/);
  });
});
