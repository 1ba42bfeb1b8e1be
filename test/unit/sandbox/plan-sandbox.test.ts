import { expect } from 'chai';
import { planSandbox, type SandboxRequest } from '../../../src/sandbox/plan-sandbox.js';

const REQUEST: SandboxRequest = {
  dialect: 'postgrey',
  delay: '20s',
  window: null,
  key: null,
  stage: null,
  earlyRetry: null,
  domain: 'grey.example',
  address: '127.0.0.1',
  smtpPort: 0,
  dnsPort: 0,
  lookAlikes: false,
};

const plan = (changes: Partial<SandboxRequest>) => planSandbox({ ...REQUEST, ...changes }, 0);

describe('planSandbox', () => {
  it('takes from the dialect what was not asked for otherwise', () => {
    const { policy, dialogue } = plan({}).options;
    expect(policy).deep.include({ delaySeconds: 20, windowSeconds: 172_800, stage: 'rcpt' });
    expect(dialogue?.banner?.text).deep.equal(['{host} ESMTP Postfix']);
    expect(plan({ delay: 'shipped' }).options.policy.delaySeconds).equal(300);
  });

  it('takes what was asked for', () => {
    const { policy } = plan({
      delay: '90s',
      window: '4h',
      key: 'client, Recipient',
      stage: 'data',
      earlyRetry: 'restart',
    }).options;
    expect(policy).deep.include({
      delaySeconds: 90,
      windowSeconds: 14_400,
      key: ['client', 'recipient'],
      stage: 'data',
      earlyRetry: { kind: 'restart' },
    });
  });

  it('adds neighbours at the addresses that follow', () => {
    const { options, neighbours } = plan({ lookAlikes: true, address: '127.0.0.254' });
    expect(options.hosts?.slice(0, 2).map(({ address }) => address)).deep.equal([
      '127.0.0.255',
      '127.0.1.0',
    ]);
    expect(neighbours.map(({ domain }) => domain)).include('full.grey.example');
    expect(plan({}).neighbours).deep.equal([]);
  });

  for (const [changes, code] of [
    [{ dialect: 'nothing' }, 'unknown-model'],
    [{ delay: '20' }, 'bad-duration'],
    [{ window: 'x' }, 'bad-duration'],
    [{ delay: '5m', window: '5m' }, 'window-before-delay'],
    [{ key: 'client,colour' }, 'bad-key'],
    [{ key: '' }, 'bad-key'],
    [{ domain: 'a b' }, 'bad-domain'],
    [{ lookAlikes: true, address: '::1' }, 'needs-ipv4-loopback'],
  ] as const) {
    it(`refuses ${JSON.stringify(changes)} with ${code}`, () => {
      try {
        plan(changes);
      } catch (error) {
        expect(error).include({ code, exit: 2 });
        return;
      }
      expect.fail('it was not refused');
    });
  }
});
