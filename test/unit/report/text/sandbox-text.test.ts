import { expect } from 'chai';
import {
  decisionFacts,
  renderDecision,
  renderSandbox,
  sandboxFacts,
} from '../../../../src/report/text/sandbox-text.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { planSandbox } from '../../../../src/sandbox/plan-sandbox.js';
import type { Sandbox } from '../../../../src/sandbox/start.js';
import { expectToFit } from '../support/fits.js';

function started(changes: Partial<Parameters<typeof planSandbox>[0]> = {}) {
  const plan = planSandbox(
    {
      dialect: 'postgrey',
      delay: '20s',
      window: null,
      key: null,
      stage: null,
      earlyRetry: null,
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: 2525,
      dnsPort: 2553,
      lookAlikes: false,
      ...changes,
    },
    0,
  );
  const sandbox: Sandbox = {
    address: plan.options.address,
    smtpPort: 2525,
    dnsPort: 2553,
    domain: 'grey.example',
    domains: ['grey.example'],
    zone: {},
    close: async () => {},
  };
  return { plan, sandbox };
}

const query = {
  host: 'mx.grey.example',
  client: '127.0.0.1',
  helo: 'client.example',
  sender: 'a\u001b[2J@b.example',
  recipient: 'user@grey.example',
  stage: 'rcpt',
  messageId: null,
  body: null,
  atMs: Date.UTC(2026, 0, 5, 8, 1, 2, 34),
} as const;
const answer = { code: 450, enhanced: '4.2.0', text: ['Greylisted', 'for now'] };

describe('renderSandbox', () => {
  it('says what was started and how to probe it', () => {
    const { plan, sandbox } = started();
    expect(renderSandbox(plan, sandbox)).equal(
      [
        'grey.example greylists like Postgrey, on 127.0.0.1:',
        '  delay 20 s, window 2 d, at rcpt, keyed by client-network, sender, recipient',
        '  SMTP on port 2525, DNS on port 2553 (UDP and TCP)',
        '  Senders that differ in digits only are one tuple. Five passes an hour apart',
        '  open the way for the client.',
        '',
        'Probe it from another terminal:',
        "  greyprobe probe user@grey.example --from 'probe-{nonce}@sender.example' \\",
        '    --resolver 127.0.0.1:2553 --port 2525 --retry-at 10s,18s,22s,30s',
        '',
        'Ctrl-C ends it. What it decides:',
      ].join('\n'),
    );
  });

  it('fits the columns that there are; its command can still be copied', () => {
    for (const changes of [
      {},
      { lookAlikes: true },
      { stage: 'message', address: '::1' },
    ] as const) {
      const { plan, sandbox } = started(changes);
      expectToFit((style) => renderSandbox(plan, sandbox, style));
    }
    const { plan, sandbox } = started();
    const narrow = renderSandbox(plan, sandbox, { ...PLAIN, columns: 40 });
    const command = /\n {2}greyprobe [\s\S]*?[^\\]\n/u.exec(narrow)?.[0] ?? '';
    expect(command.replaceAll(/\\\n/gu, ' ').trim().split(/ +/u).join(' ')).equal(
      "greyprobe probe user@grey.example --from 'probe-{nonce}@sender.example' " +
        '--resolver 127.0.0.1:2553 --port 2525 --retry-at 10s,18s,22s,30s',
    );
  });

  it('asks for the stage that it takes', () => {
    const { plan, sandbox } = started({ stage: 'message', delay: '5m' });
    expect(renderSandbox(plan, sandbox)).include('--port 2525 --stage message --deliver\n');
  });

  it('writes an IPv6 resolver in brackets, and names neighbours', () => {
    const six = started({ address: '::1' });
    expect(renderSandbox(six.plan, six.sandbox)).include("--resolver '[::1]:2553' ");
    const { plan, sandbox } = started({ lookAlikes: true });
    expect(renderSandbox(plan, sandbox)).include('  full.grey.example    the mailbox is full\n');
  });
});

describe('renderDecision', () => {
  it('is one line, whatever the client said', () => {
    expect(renderDecision({ query, answer })).equal(
      '08:01:02.034 mx.grey.example [127.0.0.1] rcpt <a\\x1b[2J@b.example> to <user@grey.example>: 450 4.2.0 Greylisted for now',
    );
    const early = { ...query, stage: 'connect', recipient: '' } as const;
    expect(renderDecision({ query: early, answer: 'close' })).equal(
      '08:01:02.034 mx.grey.example [127.0.0.1] connect: close',
    );
  });
});

describe('output for scripts', () => {
  it('says where the sandbox listens', () => {
    const { plan, sandbox } = started();
    expect(sandboxFacts(plan, sandbox)).deep.include({
      event: 'ready',
      smtpPort: 2525,
      dnsPort: 2553,
      delaySeconds: 20,
    });
  });

  it('tells each decision', () => {
    expect(decisionFacts({ query, answer })).deep.include({
      event: 'decision',
      at: '2026-01-05T08:01:02.034Z',
      reply: answer,
      action: 'reply',
    });
    expect(decisionFacts({ query, answer: 'silence' })).include({ reply: null, action: 'silence' });
  });
});
