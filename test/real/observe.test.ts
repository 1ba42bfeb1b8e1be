import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import type { ObserveResult, ReceivedResult, SentHost } from '../../src/contract/observe-result.js';
import { observe } from '../../src/tasks/observe/observe.js';
import { startExim } from './support/exim.js';
import { startGreylistd } from './support/greylistd.js';
import { type Postfix, startPostfix } from './support/postfix.js';
import { startPostgrey } from './support/postgrey.js';
import { startRspamd } from './support/rspamd.js';
import { startSendingExim } from './support/sending-exim.js';
import { useServers } from './support/servers.js';
import { startSqlgrey } from './support/sqlgrey.js';

/*
 * A real Postfix and a real Exim send real mail to real greylisters, all on loopback. What their logs tell
 * holds the delays that were set, and the receivers' logs of the same run tell the same.
 */

const GREYLISTERS = {
  postgrey: { address: '127.0.8.1', delaySeconds: 20 },
  sqlgrey: { address: '127.0.8.2', delaySeconds: 60 },
  rspamd: { address: '127.0.8.3', delaySeconds: 20 },
  greylistd: { address: '127.0.8.4', delaySeconds: 20 },
} as const;
type Greylister = keyof typeof GREYLISTERS;
const NAMES: readonly Greylister[] = ['postgrey', 'sqlgrey', 'rspamd', 'greylistd'];

/** Each sender writes to rspamd in each round, since its words do not say greylisting: pairs have to prove it. */
const ROUNDS = 60;
const ROUND_MS = 1700;
/** From then on rspamd knows somebody, who was refused in the first round. */
const KNOWN_FROM = 20;
/** To the others it writes in so many of the first rounds, some rounds apart. */
const MAILS = 4;
const ROUNDS_APART = 4;
/** What is not delivered so long after the last round is not waited for. */
const LONGEST_MS = 60_000;

type Mailer = Pick<Postfix, 'address' | 'port' | 'log'>;

interface Receiver extends Mailer {
  /** What it and its greylister logged. */
  logs(): Promise<readonly string[]>;
}

describe('observe with the logs of real servers', function () {
  this.timeout(240_000);
  const keep = useServers();
  const sent: Record<string, ObserveResult> = {};
  const received: Partial<Record<Greylister, ReceivedResult | null>> = {};

  before(async () => {
    const receivers = await startReceivers(keep);
    const [postfix, exim] = await Promise.all([
      keep(startSendingPostfix('127.0.8.9', receivers)),
      keep(startSendingExim('127.0.8.10', byDomain(receivers))),
    ]);
    for (let n = 0; n < ROUNDS; n += 1) {
      const next = delay(ROUND_MS);
      for (const [sender, mark] of [
        [postfix, 's'],
        [exim, 'e'],
      ] as const) {
        const isForAll = n % ROUNDS_APART === 0 && n < MAILS * ROUNDS_APART;
        for (const name of isForAll ? NAMES : (['rspamd'] as const)) {
          await send(sender, `${mark}${word(n)}@ours.example`, `u${word(n)}@${name}.example`);
        }
        if (n === 0 || n >= KNOWN_FROM) {
          await send(sender, `${mark}old@ours.example`, 'friend@rspamd.example');
        }
      }
      await next;
    }
    const mails = 2 * ROUNDS - KNOWN_FROM + 1 + (NAMES.length - 1) * MAILS;
    await untilDelivered(postfix, / status=sent /gu, mails);
    await untilDelivered(exim, / => /gu, mails);
    sent['Postfix'] = await told([await postfix.log()]);
    sent['Exim'] = await told([await exim.log()]);
    for (const name of NAMES) {
      received[name] = (await told(await receivers[name].logs())).received;
    }
  });

  const hostOf = (sender: string, name: Greylister): SentHost | undefined =>
    sent[sender]?.sent?.hosts.find(({ address }) => address === GREYLISTERS[name].address);

  for (const name of NAMES) {
    const { delaySeconds } = GREYLISTERS[name];
    for (const sender of ['Postfix', 'Exim']) {
      it(`${sender} at ${name}: the window holds the delay`, () => {
        const opens = hostOf(sender, name)?.window.opens;
        expect(opens?.bySeconds).within(delaySeconds, delaySeconds + 30);
        expect(opens?.afterSeconds ?? 0).most(delaySeconds);
      });
    }

    it(`${name} tells the receiver the same`, () => {
      const told = received[name];
      const both = ['Postfix', 'Exim'].map((sender) => hostOf(sender, name));
      const sum = (of: (host: SentHost) => number) =>
        both.reduce((all, host) => all + (host === undefined ? 0 : of(host)), 0);
      expect(told?.triplets, 'refused').equal(sum(({ refused }) => refused));
      // SQLgrey knows the sender's domain after some passes, and does not log whom else it lets in then.
      const open = name === 'sqlgrey' ? (told?.open ?? 0) : 0;
      expect((told?.passed ?? 0) + open, 'passed').equal(sum(({ passes }) => passes));
      expect(told?.neverCameBack).equal(0);
      for (const host of both) {
        expect(told?.delaySeconds).within(
          host?.window.opens.afterSeconds ?? 0,
          (host?.window.opens.bySeconds ?? 0) + 1,
        );
      }
    });
  }
});

/** A word without digits, for which Postgrey and SQLgrey take any others. */
function word(n: number): string {
  return [Math.floor(n / 20), n % 20].map((digit) => 'ghjklmnopqrstuvwxyzi'[digit]).join('');
}

type Keep = ReturnType<typeof useServers>;

async function startReceivers(keep: Keep): Promise<Record<Greylister, Receiver>> {
  const delayOf = (name: Greylister) => ({ delaySeconds: GREYLISTERS[name].delaySeconds });
  const [postgrey, sqlgrey, rspamd, greylistd] = await Promise.all([
    keep(startPostgrey(delayOf('postgrey'))),
    keep(startSqlgrey({ delayMinutes: GREYLISTERS.sqlgrey.delaySeconds / 60 })),
    keep(startRspamd(delayOf('rspamd'))),
    keep(startGreylistd(delayOf('greylistd'))),
  ]);
  const place = (name: Greylister) => ({
    domain: `${name}.example`,
    address: GREYLISTERS[name].address,
  });
  const milter = {
    smtpd_milters: `inet:127.0.0.1:${rspamd.port}`,
    milter_protocol: '6',
  };
  const [withPostgrey, withSqlgrey, withRspamd, withGreylistd] = await Promise.all([
    keep(startPostfix({ ...place('postgrey'), policyPort: postgrey.port })),
    keep(startPostfix({ ...place('sqlgrey'), policyPort: sqlgrey.port })),
    keep(startPostfix({ ...place('rspamd'), parameters: milter })),
    keep(startExim({ ...place('greylistd'), greylister: { socket: greylistd.socket } })),
  ]);
  const logsOf = (server: Mailer, greylister: { output(): string }): Receiver => ({
    ...server,
    logs: async () => [await server.log(), greylister.output()],
  });
  return {
    postgrey: logsOf(withPostgrey, postgrey),
    sqlgrey: logsOf(withSqlgrey, sqlgrey),
    rspamd: logsOf(withRspamd, rspamd),
    greylistd: { ...withGreylistd, logs: async () => [await withGreylistd.log()] },
  };
}

function byDomain(receivers: Readonly<Record<Greylister, Mailer>>) {
  return Object.fromEntries(NAMES.map((name) => [`${name}.example`, receivers[name]]));
}

function startSendingPostfix(
  address: string,
  receivers: Readonly<Record<Greylister, Mailer>>,
): Promise<Postfix> {
  const map = Object.entries(byDomain(receivers)).map(
    ([domain, to]) => `{ ${domain} = smtp:[${to.address}]:${to.port} }`,
  );
  return startPostfix({
    domain: 'ours.example',
    address,
    parameters: {
      mynetworks: '127.0.0.0/8',
      smtpd_relay_restrictions: 'permit_mynetworks, reject',
      default_transport: 'smtp',
      transport_maps: `inline:{ ${map.join(', ')} }`,
      smtp_host_lookup: 'native',
      smtp_bind_address: address,
      smtp_tls_security_level: 'none',
      queue_run_delay: '3s',
      minimal_backoff_time: '3s',
      maximal_backoff_time: '12s',
    },
  });
}

/** Until all mail got in; what did not is for the tests to tell. */
async function untilDelivered({ log }: Mailer, line: RegExp, mails: number): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  while (Date.now() < deadline) {
    if (((await log()).match(line)?.length ?? 0) >= mails) return;
    await delay(1000);
  }
}

/** Hands a message to the sender. */
function send({ address, port }: Mailer, from: string, to: string): Promise<void> {
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
