import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import type dnsPacket from 'dns-packet';
import * as v from 'valibot';
import Mx from '../../../src/commands/mx.js';
import { MxResultSchema } from '../../../src/contract/mx-result.js';
import {
  answer,
  asked,
  closedPort,
  closeServers,
  udpServer,
} from '../edges/dns/support/servers.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Answers by the text of the question; anything else does not exist. */
async function dnsServer(zone: Readonly<Record<string, dnsPacket.Answer[]>>): Promise<string> {
  const port = await udpServer(({ query, reply }) => {
    const records = zone[asked(query)];
    reply(answer(query, records ?? [], { rcode: records === undefined ? 3 : 0 }));
  });
  return `127.0.0.1:${port}`;
}

async function run(...argv: string[]) {
  const config = await Config.load({ root: ROOT });
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    const output = await captureOutput(() => Mx.run(argv, config), { stripAnsi: true });
    return { ...output, exit: process.exitCode };
  } finally {
    process.exitCode = before;
  }
}

const mx = (exchange: string): dnsPacket.Answer => ({
  type: 'MX',
  name: 'example.org',
  ttl: 60,
  data: { preference: 10, exchange },
});

describe('greyprobe mx', () => {
  afterEach(closeServers);

  it('prints a table', async () => {
    const resolver = await dnsServer({
      'MX example.org': [mx('mx.example.org')],
      'A mx.example.org': [{ type: 'A', name: 'mx.example.org', ttl: 60, data: '8.8.4.4' }],
      'AAAA mx.example.org': [],
    });
    const { stdout, stderr, exit } = await run('user@example.org', '--resolver', resolver);
    expect(stdout).to.equal(
      [
        'example.org has 1 mail host. The answer may be kept for 60 s.',
        '',
        'pref  mail host       address  note',
        '  10  mx.example.org  8.8.4.4',
        '',
      ].join('\n'),
    );
    expect(stderr).to.equal('');
    expect(exit).to.equal(0);
  });

  it('prints one object under --json, as its schema says', async () => {
    const resolver = await dnsServer({
      'MX example.org': [mx('mx.example.org')],
      'A mx.example.org': [{ type: 'A', name: 'mx.example.org', ttl: 60, data: '127.0.0.1' }],
      'AAAA mx.example.org': [],
    });
    const { stdout, exit } = await run('example.org', '--resolver', resolver, '--json');
    const printed = v.parse(v.strictObject(MxResultSchema.entries), JSON.parse(stdout));
    expect(printed.hosts).to.deep.equal([
      { name: 'mx.example.org', preference: 10, addresses: ['127.0.0.1'], origin: 'mx' },
    ]);
    expect(printed.warnings.map(({ code, host }) => [code, host])).to.deep.equal([
      ['mx-address-not-public', 'mx.example.org'],
    ]);
    expect(exit).to.equal(0);
  });

  it('ends with 4 for a null MX, for a domain that is missing, and for one without hosts', async () => {
    const resolver = await dnsServer({
      'MX example.org': [mx('.')],
      'MX empty.example.org': [],
      'A empty.example.org': [],
      'AAAA empty.example.org': [],
    });
    for (const domain of ['example.org', 'gone.example.org', 'empty.example.org']) {
      const { stdout, exit } = await run(domain, '--resolver', resolver);
      expect(exit, domain).to.equal(4);
      expect(stdout.trim().split('\n'), domain).to.have.length(1);
    }
  });

  it('ends with 5 and one sentence when the DNS server does not answer', async () => {
    const resolver = `127.0.0.1:${await closedPort()}`;
    const text = await run('example.org', '--resolver', resolver);
    expect(text.exit).to.equal(5);
    expect(text.stdout).to.equal('');
    expect(text.stderr).to.contain(`The DNS server ${resolver} refused the connection.`);
    const json = await run('example.org', '--resolver', resolver, '--json');
    expect(json.exit).to.equal(5);
    expect(JSON.parse(json.stdout)).to.have.nested.property('error.code', 'dns-failure');
  });

  for (const [what, argv] of Object.entries({
    'a bad domain': ['exa_mple.org'],
    'a bad resolver': ['example.org', '--resolver', 'dns.example'],
    'an unknown flag': ['example.org', '--nonsense'],
    'both families': ['example.org', '--ipv4', '--ipv6'],
    'no domain': [],
  })) {
    it(`ends with 2 for ${what}`, async () => {
      const text = await run(...argv);
      expect(text.exit).to.equal(2);
      expect(text.stdout).to.equal('');
      const json = await run(...argv, '--json');
      expect(json.exit).to.equal(2);
      expect(JSON.parse(json.stdout)).to.have.nested.property('error.message').that.is.a('string');
    });
  }
});
