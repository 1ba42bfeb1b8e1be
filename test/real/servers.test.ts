import { Resolver } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { RawClient, tryRecipient } from '../unit/sandbox/support/raw-client.js';
import { type Postfix, startPostfix } from './support/postfix.js';
import { type PolicyService, startPostgrey } from './support/postgrey.js';
import { type RealDnsServer, startUnbound } from './support/unbound.js';

/*
 * What the other tests of this folder rest on: the servers do what they are taken for. Spoken to by
 * hand, so that a fault of greyprobe cannot hide here.
 */

const DOMAIN = 'grey.example';
const RECIPIENT = `user@${DOMAIN}`;

describe('Postfix with Postgrey', () => {
  const DELAY_SECONDS = 3;
  let postgrey: PolicyService;
  let postfix: Postfix;

  before(async () => {
    postgrey = await startPostgrey({ delaySeconds: DELAY_SECONDS });
    postfix = await startPostfix({ domain: DOMAIN, policyPort: postgrey.port });
  });

  after(async () => {
    await postfix?.stop();
    await postgrey?.stop();
  });

  it('defers a fresh tuple and accepts it after the delay, when a fresh one is still deferred', async () => {
    const deferred =
      '450 4.2.0 <user@grey.example>: Recipient address rejected: ' +
      'Greylisted, see http://postgrey.schweikert.ch/help/grey.example.html';
    expect(await tryRecipient(postfix, 'qzkwtrhm@sender.example', RECIPIENT)).equal(deferred);
    expect(await tryRecipient(postfix, 'qzkwtrhm@sender.example', RECIPIENT)).equal(deferred);
    // Postgrey counts whole seconds and passes what is older than the delay.
    await delay((DELAY_SECONDS + 1.2) * 1000);
    const client = await RawClient.connect(postfix.address, postfix.port);
    expect(await client.envelope('vxhjtqoz@sender.example', RECIPIENT)).equal(deferred);
    await client.say('RSET');
    await client.say('MAIL FROM:<qzkwtrhm@sender.example>');
    expect(await client.say(`RCPT TO:<${RECIPIENT}>`)).equal('250 2.1.5 Ok');
    await client.say('QUIT');
    client.close();
  });

  it('takes senders that differ in digits for one', async () => {
    expect(await tryRecipient(postfix, 'probe-11@sender.example', RECIPIENT)).match(/^450 /);
    await delay((DELAY_SECONDS + 1.2) * 1000);
    expect(await tryRecipient(postfix, 'probe-22@sender.example', RECIPIENT)).match(/^250 /);
  });
});

describe('Postfix alone', () => {
  const servers: { stop(): Promise<void> }[] = [];

  async function start(parameters: Record<string, string>, resolver?: string): Promise<Postfix> {
    const postfix = await startPostfix({
      domain: DOMAIN,
      address: `127.0.4.${servers.length + 2}`,
      parameters,
      ...(resolver === undefined ? {} : { resolver }),
    });
    servers.push(postfix);
    return postfix;
  }

  after(async () => {
    for (const server of servers.reverse()) await server.stop();
  });

  it('accepts a recipient, takes a message and throws it away', async () => {
    const postfix = await start({});
    const client = await RawClient.connect(postfix.address, postfix.port);
    expect(await client.envelope('a@sender.example', RECIPIENT)).equal('250 2.1.5 Ok');
    expect(await client.say('DATA')).match(/^354 /);
    expect(await client.say('Subject: probe\r\n\r\nhello\r\n.')).match(/^250 2\.0\.0 Ok: queued/);
    await client.say('QUIT');
    client.close();
    await until(async () => /to=<user@grey\.example>.*status=sent/.test(await postfix.log()));
  });

  it('relays for nobody', async () => {
    const postfix = await start({});
    expect(await tryRecipient(postfix, 'a@sender.example', 'user@elsewhere.example')).match(
      /^554 5\.7\.1 <user@elsewhere\.example>: Relay access denied/,
    );
  });

  it('rejects for good where it is told to', async () => {
    const postfix = await start({ smtpd_recipient_restrictions: 'reject' });
    expect(await tryRecipient(postfix, 'a@sender.example', RECIPIENT)).equal(
      '554 5.7.1 <user@grey.example>: Recipient address rejected: Access denied',
    );
  });

  it('defers for a HELO name that the DNS does not know', async () => {
    const dns = await startUnbound({
      address: '127.0.4.53',
      port: 53,
      zone: { 'known.example': { A: ['127.0.0.1'] } },
    });
    servers.push(dns);
    const postfix = await start(
      { smtpd_helo_restrictions: 'reject_unknown_helo_hostname' },
      dns.address,
    );
    expect(await tryRecipient(postfix, 'a@sender.example', RECIPIENT, 'unknown.example')).equal(
      '450 4.7.1 <unknown.example>: Helo command rejected: Host not found',
    );
    expect(await tryRecipient(postfix, 'a@sender.example', RECIPIENT, 'known.example')).equal(
      '250 2.1.5 Ok',
    );
  });
});

describe('Unbound', () => {
  let dns: RealDnsServer;

  before(async () => {
    dns = await startUnbound({
      zone: {
        [DOMAIN]: { MX: [[10, `mx.${DOMAIN}`]] },
        [`mx.${DOMAIN}`]: { A: ['127.0.1.1'] },
        'null.example': { MX: [[0, '']] },
      },
    });
  });

  after(() => dns?.stop());

  it('answers MX, A and the null MX, and knows nothing else', async () => {
    const resolver = new Resolver({ timeout: 1_000, tries: 1 });
    resolver.setServers([`${dns.address}:${dns.port}`]);
    expect(await resolver.resolveMx(DOMAIN)).deep.equal([
      { exchange: `mx.${DOMAIN}`, priority: 10 },
    ]);
    expect(await resolver.resolve4(`mx.${DOMAIN}`)).deep.equal(['127.0.1.1']);
    expect(await resolver.resolveMx('null.example')).deep.equal([{ exchange: '', priority: 0 }]);
    expect(await resolver.resolve4('debian.org').catch(({ code }) => code)).equal('ENOTFOUND');
    expect(await resolver.resolve4(DOMAIN).catch(({ code }) => code)).equal('ENODATA');
  });
});

/** Waits for something that comes soon. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not happen within 10 s');
    await delay(50);
  }
}
