import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import type { ObserveResult } from '../../src/contract/observe-result.js';
import { observe } from '../../src/tasks/observe/observe.js';
import { type Postfix, startPostfix } from './support/postfix.js';
import { startPostgrey } from './support/postgrey.js';
import { startRspamd } from './support/rspamd.js';
import { useServers } from './support/servers.js';
import { startSqlgrey } from './support/sqlgrey.js';

/*
 * A real Postfix sends real mail to real greylisters, all on loopback. What its log tells holds the delays
 * that were set, and what the receivers' log tells agrees with it.
 */

const POSTGREY_SECONDS = 20;
const SQLGREY_SECONDS = 60;
const MAILS = 6;

describe('observe with the logs of real servers', function () {
  this.timeout(240_000);
  const keep = useServers();
  let sent: ObserveResult;
  let received: ObserveResult;

  before(async () => {
    const [postgrey, sqlgrey] = await Promise.all([
      keep(startPostgrey({ delaySeconds: POSTGREY_SECONDS })),
      keep(startSqlgrey({ delayMinutes: SQLGREY_SECONDS / 60 })),
    ]);
    const rspamd = await keep(startRspamd({ delaySeconds: POSTGREY_SECONDS }));
    const [withPostgrey, withSqlgrey, withRspamd] = await Promise.all([
      keep(
        startPostfix({
          domain: 'postgrey.example',
          address: '127.0.8.1',
          policyPort: postgrey.port,
        }),
      ),
      keep(
        startPostfix({ domain: 'sqlgrey.example', address: '127.0.8.2', policyPort: sqlgrey.port }),
      ),
      keep(
        startPostfix({
          domain: 'rspamd.example',
          address: '127.0.8.3',
          parameters: { smtpd_milters: `inet:127.0.0.1:${rspamd.port}`, milter_protocol: '6' },
        }),
      ),
    ]);
    const routes = {
      'postgrey.example': withPostgrey,
      'sqlgrey.example': withSqlgrey,
      'rspamd.example': withRspamd,
    };
    const sender = await keep(startSender(routes));
    for (let n = 0; n < MAILS; n += 1) {
      for (const domain of Object.keys(routes))
        await send(sender, `s${n}x@ours.example`, `u${n}x@${domain}`);
      await delay(15_000);
    }
    await delay(75_000);
    sent = await told([await sender.log()]);
    received = await told([await withPostgrey.log(), postgrey.output()]);
  });

  const opensOf = (domain: string) =>
    sent.sent?.hosts.find(({ address }) => address === ADDRESSES[domain])?.window.opens;

  for (const [domain, seconds] of [
    ['postgrey.example', POSTGREY_SECONDS],
    ['sqlgrey.example', SQLGREY_SECONDS],
  ] as const) {
    it(`brackets the delay at ${domain}`, () => {
      const opens = opensOf(domain);
      expect(opens?.bySeconds ?? 0).least(seconds);
      expect(opens?.bySeconds ?? 0).most(seconds + 30);
      expect(opens?.afterSeconds ?? 0).most(seconds);
    });
  }

  it('claims nothing false of rspamd, whose words do not say greylisting', () => {
    const opens = opensOf('rspamd.example');
    if (opens !== undefined) expect(opens.bySeconds ?? POSTGREY_SECONDS).least(POSTGREY_SECONDS);
  });

  it('tells the receiver the same', () => {
    const greylist = received.received;
    const asSent = sent.sent?.hosts.find(
      ({ address }) => address === ADDRESSES['postgrey.example'],
    );
    expect(greylist?.triplets).equal(asSent?.refused);
  });
});

const ADDRESSES: Readonly<Record<string, string>> = {
  'postgrey.example': '127.0.8.1',
  'sqlgrey.example': '127.0.8.2',
  'rspamd.example': '127.0.8.3',
};

function startSender(routes: Readonly<Record<string, Postfix>>): Promise<Postfix> {
  const map = Object.entries(routes).map(
    ([domain, { address, port }]) => `{ ${domain} = smtp:[${address}]:${port} }`,
  );
  return startPostfix({
    domain: 'ours.example',
    address: '127.0.8.9',
    parameters: {
      mynetworks: '127.0.0.0/8',
      smtpd_relay_restrictions: 'permit_mynetworks, reject',
      default_transport: 'smtp',
      transport_maps: `inline:{ ${map.join(', ')} }`,
      smtp_host_lookup: 'native',
      smtp_bind_address: '127.0.8.9',
      smtp_tls_security_level: 'none',
      queue_run_delay: '5s',
      minimal_backoff_time: '5s',
      maximal_backoff_time: '20s',
    },
  });
}

/** Hands a message to the sender. */
function send({ address, port }: Postfix, from: string, to: string): Promise<void> {
  const text = `Subject: ${to}\r\nFrom: <${from}>\r\n\r\n${to}\r\n.\r\nQUIT\r\n`;
  const steps = [
    'EHLO test.example\r\n',
    `MAIL FROM:<${from}>\r\n`,
    `RCPT TO:<${to}>\r\n`,
    'DATA\r\n',
    text,
  ];
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    socket.setEncoding('utf8');
    let said = '';
    socket.on('data', (part: string) => {
      said += part;
      // A reply ends with a line that has a blank behind its code.
      if (!/^\d{3} .*\r\n$/mu.test(said)) return;
      if (/^[45]\d\d /mu.test(said)) reject(new Error(said));
      said = '';
      const next = steps.shift();
      if (next !== undefined) socket.write(next);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}

async function told(logs: readonly string[]): Promise<ObserveResult> {
  const folder = await mkdtemp(join(tmpdir(), 'greyprobe-observe-'));
  try {
    for (const [n, text] of logs.entries()) await writeFile(join(folder, `mail.log.${n}`), text);
    const options = {
      since: null,
      until: null,
      host: null,
      top: 20,
      anonymise: false,
      forSender: null,
      set: [],
    };
    return await observe({ ...options, logs: [folder] }, process.stdin);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
