import { Resolver } from 'node:dns/promises';
import { expect } from 'chai';
import { PLAIN_POLICY } from '../../../src/sandbox/greylister-policy.js';
import { lookAlikes } from '../../../src/sandbox/look-alikes.js';
import { startSmtpServer } from '../../../src/sandbox/smtp-server.js';
import type { Sandbox, SandboxDecision, SandboxOptions } from '../../../src/sandbox/start.js';
import { startSandbox } from '../../../src/sandbox/start.js';
import { RawClient, tryRecipient } from './support/raw-client.js';

const PLACE = { address: '127.0.0.1', name: 'mx.grey.example', behaviour: {} };

describe('startSandbox', () => {
  let sandbox: Sandbox | undefined;
  let nowMs = 0;

  async function start(changes: Partial<SandboxOptions> = {}) {
    sandbox = await startSandbox({
      policy: { ...PLAIN_POLICY, delaySeconds: 60 },
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: 0,
      dnsPort: 0,
      now: () => nowMs,
      ...changes,
    });
    const resolver = new Resolver({ timeout: 1_000, tries: 1 });
    resolver.setServers([`127.0.0.1:${sandbox.dnsPort}`]);
    /** Follows MX and A to the host with the best preference and tries it there. */
    const attempt = async (sender: string, recipient: string) => {
      const exchanges = await resolver.resolveMx(recipient.split('@')[1] ?? '');
      const best = exchanges.sort((a, b) => a.priority - b.priority)[0];
      const [address = ''] = await resolver.resolve4(best?.exchange ?? '');
      return tryRecipient({ address, port: started.smtpPort }, sender, recipient);
    };
    const started = sandbox;
    return { sandbox, resolver, attempt };
  }

  afterEach(async () => {
    await sandbox?.close();
    sandbox = undefined;
  });

  it('is found through its DNS, defers, and accepts later', async () => {
    const decisions: SandboxDecision[] = [];
    const { attempt } = await start({ onDecision: (decision) => decisions.push(decision) });
    expect(await attempt('a@b.example', 'user@grey.example')).match(/^451 4\.7\.1 Greylisted/);
    nowMs += 60_000;
    expect(await attempt('a@b.example', 'user@grey.example')).match(/^250 /);
    expect(decisions.map(({ query }) => query.host)).deep.equal([
      'mx.grey.example',
      'mx.grey.example',
    ]);
  });

  it('relays for nobody', async () => {
    const { sandbox: started } = await start();
    const reply = await tryRecipient(
      { address: started.address, port: started.smtpPort },
      'a@b.example',
      'user@elsewhere.example',
    );
    expect(reply).match(/^554 5\.7\.1 /);
  });

  it('lets a second MX share the memory or not', async () => {
    for (const sharedState of [true, false]) {
      const { sandbox: started, resolver } = await start({
        policy: { ...PLAIN_POLICY, delaySeconds: 60, sharedState },
        hosts: [
          { name: 'mx2.grey.example', preference: 20, address: '127.0.0.2', does: 'greylists' },
        ],
      });
      expect((await resolver.resolveMx('grey.example')).map(({ exchange }) => exchange)).members([
        'mx.grey.example',
        'mx2.grey.example',
      ]);
      const port = started.smtpPort;
      await tryRecipient({ address: '127.0.0.1', port }, 'a@b.example', 'user@grey.example');
      nowMs += 61_000;
      const reply = await tryRecipient(
        { address: '127.0.0.2', port },
        'a@b.example',
        'user@grey.example',
      );
      expect(reply.startsWith('250')).equal(sharedState);
      await started.close();
    }
  });

  it('has neighbours that look like greylisting', async () => {
    const { hosts, names, says } = lookAlikes('grey.example', '127.0.0.1', nowMs);
    const { attempt, resolver, sandbox: started } = await start({ hosts, names });
    expect(started.domains).include('full.grey.example');
    const codes: Record<string, string> = {};
    for (const { domain } of says.filter(({ domain }) => !/^(null|closed|busy)/.test(domain))) {
      const reply = await attempt('a@b.example', `user@${domain}`);
      codes[domain.split('.')[0] ?? ''] = reply.slice(0, 9).trim();
    }
    expect(codes).deep.equal({
      open: '250 2.1.5',
      full: '452 4.2.2',
      rdns: '450 4.7.2',
      helo: '450 4.7.1',
      verify: '450 4.1.1',
      outage: '451 4.3.0',
      rate: '250 2.1.5',
      reject: '554 5.7.1',
    });
    const [nullMx] = await resolver.resolveMx('null.grey.example');
    expect(nullMx).deep.equal({ exchange: '', priority: 0 });
    const [closed = ''] = await resolver.resolve4('mx.closed.grey.example');
    const refused: unknown = await RawClient.connect(closed, started.smtpPort).catch(
      (error: unknown) => error,
    );
    expect(refused).property('code', 'ECONNREFUSED');
    const [busy = ''] = await resolver.resolve4('mx.busy.grey.example');
    const client = await RawClient.connect(busy, started.smtpPort);
    expect(await client.reply()).match(/^421 /);
    client.close();
  });

  it('leaves nothing behind when it cannot start', async () => {
    const { sandbox: first } = await start();
    const passing = await startSmtpServer({ ...PLACE, port: 0 });
    await passing.close();
    const caught: unknown = await startSandbox({
      policy: PLAIN_POLICY,
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: passing.port,
      dnsPort: first.dnsPort,
    }).catch((error: unknown) => error);
    expect(caught).property('code', 'cannot-listen');
    expect(caught).property('message').include(`port ${first.dnsPort}`);
    const again = await startSmtpServer({ ...PLACE, port: passing.port });
    await again.close();
  });

  it('keeps to loopback, for every host', async () => {
    const elsewhere = {
      name: 'mx2.grey.example',
      preference: 20,
      address: '192.0.2.1',
      does: 'greylists',
    } as const;
    for (const changes of [{ address: '0.0.0.0' }, { hosts: [elsewhere] }]) {
      const caught: unknown = await start(changes).catch((error: unknown) => error);
      expect(caught).property('code', 'not-loopback');
    }
  });
});
