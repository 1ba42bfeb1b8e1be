import { expect } from 'chai';
import { type Finished, probeResult } from '../support/cli.js';
import { RawClient } from '../unit/sandbox/support/raw-client.js';
import { freePort } from './support/free-port.js';
import { startPostfix } from './support/postfix.js';
import { probeHost } from './support/probe-host.js';
import { useServers } from './support/servers.js';
import { startUnbound } from './support/unbound.js';

/*
 * Deferrals of Postfix that are not greylisting, some to the letter those of greylisters.
 */

const DOMAIN = 'grey.example';
const NAMES = '127.0.3.53';

interface Case {
  readonly name: string;
  readonly address: string;
  /** What Postfix is told, given a port on which nobody listens. */
  readonly options: (nobody: number) => Partial<Parameters<typeof startPostfix>[0]>;
  readonly prepare?: (host: { readonly address: string; readonly port: number }) => Promise<void>;
  readonly flags?: readonly string[];
  readonly says: RegExp;
  readonly means: string;
}

/** Where the words allow greylisting, the run looks; a short look is enough here. */
const SHORTLY = ['--retry-at', '1s,3s'];

const CASES: readonly Case[] = [
  {
    name: 'a client without reverse DNS',
    address: '127.0.3.1',
    options: () => ({
      resolver: NAMES,
      parameters: {
        smtpd_peername_lookup: 'yes',
        smtpd_client_restrictions: 'reject_unknown_client_hostname',
      },
    }),
    flags: ['--source-ip', '127.0.3.101'],
    says: /^450 4\.7\.25 Client host rejected: cannot find your hostname/,
    means: 'reverse-dns',
  },
  {
    name: 'a sender domain that the DNS does not know for now',
    address: '127.0.3.2',
    options: () => ({
      // A name server that is not there.
      resolver: '127.0.3.54',
      parameters: { smtpd_sender_restrictions: 'reject_unknown_sender_domain' },
    }),
    says: /^450 4\.1\.8 <[a-z]+@sender\.example>: Sender address rejected: Domain not found/,
    means: 'sender-domain',
  },
  {
    name: 'an address that is being verified',
    address: '127.0.3.3',
    options: (nobody) => ({
      parameters: {
        smtpd_recipient_restrictions: 'reject_unverified_recipient',
        virtual_transport: `smtp:[127.0.0.1]:${nobody}`,
        address_verify_poll_count: '1',
        address_verify_map: '',
      },
    }),
    flags: SHORTLY,
    says: /^450 4\.1\.1 .*Address verification in progress/,
    means: 'address-verification',
  },
  {
    name: 'a limit on recipients',
    address: '127.0.3.4',
    options: () => ({
      parameters: {
        smtpd_client_recipient_rate_limit: '1',
        smtpd_client_event_limit_exceptions: '',
      },
    }),
    prepare: async ({ address, port }) => {
      const client = await RawClient.connect(address, port);
      await client.envelope('a@sender.example', `user@${DOMAIN}`);
      await client.say('QUIT');
      client.close();
    },
    says: /^450 4\.7\.1 Error: too many recipients from 127\.0\.0\.1/,
    means: 'rate-limit',
  },
  {
    name: 'a full disk',
    address: '127.0.3.5',
    options: () => ({ parameters: { queue_minfree: '900000000000000' } }),
    says: /^452 4\.3\.1 Insufficient system storage/,
    means: 'system',
  },
  {
    name: 'a policy service that is down',
    address: '127.0.3.6',
    options: (nobody) => ({
      policyPort: nobody,
      parameters: { smtpd_policy_service_try_limit: '1' },
    }),
    says: /^451 4\.3\.5 .*Server configuration problem/,
    means: 'system',
  },
  {
    name: 'a milter that is down, although Plesk greylists in the same words',
    address: '127.0.3.7',
    options: (nobody) => ({ parameters: { smtpd_milters: `inet:127.0.0.1:${nobody}` } }),
    flags: SHORTLY,
    says: /^451 4\.7\.1 Service unavailable - try again later/,
    means: 'milter-failure',
  },
  {
    name: 'an access list that defers',
    address: '127.0.3.8',
    options: () => ({
      parameters: {
        smtpd_recipient_restrictions: 'check_recipient_access inline:{{user@grey.example = defer}}',
      },
    }),
    flags: SHORTLY,
    says: /^450 4\.7\.1 .*Access denied/,
    means: 'policy',
  },
];

describe('real look-alikes', function () {
  this.timeout(60_000);
  const keep = useServers();
  let nobody: number;
  const found = new Map<string, Finished>();

  before(async () => {
    nobody = await freePort('127.0.0.1');
    await keep(startUnbound({ address: NAMES, port: 53, zone: {} }));
    await Promise.all(
      CASES.map(async ({ name, address, options, prepare, flags = [] }) => {
        const host = await keep(startPostfix({ domain: DOMAIN, address, ...options(nobody) }));
        await prepare?.(host);
        found.set(name, await probeHost(host, ...flags));
      }),
    );
  });

  for (const { name, says, means } of CASES) {
    it(`never takes ${name} for greylisting`, () => {
      const finished = found.get(name) ?? expect.fail('was not probed');
      const { verdict, window, attempts } = probeResult(finished);
      const { code, enhanced, text } = attempts[0]?.reply ?? expect.fail('got no reply');
      expect([code, enhanced, ...text].join(' ')).match(says);
      expect(verdict).include({ kind: 'deferred', class: means });
      expect(window).equal(null);
    });
  }
});
