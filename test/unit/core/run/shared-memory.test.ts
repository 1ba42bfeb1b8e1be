import { expect } from 'chai';
import { startRun } from '../../../../src/core/run/engine.js';
import type { ProbePorts } from '../../../../src/core/run/ports.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import { trySharing } from '../../../../src/core/run/shared-memory.js';
import type { Reply } from '../../../../src/model/smtp.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import type { GreylisterPolicy } from '../../../../src/sandbox/greylister-policy.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';
import { createVirtualDialer } from '../../../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';
import { request } from './support/virtual-run.js';

const FIRST = '192.0.2.1';
const SECOND = '192.0.2.2';

/** Measures both hosts at the same time, then tries the way from the first to the second. */
async function share(
  hosts: readonly [MailHostBehaviour, MailHostBehaviour],
  changes: Partial<ProbeRequest> = {},
  /** Senders of the first host, where they are others. */
  template: string | null = null,
) {
  const clock = createVirtualClock();
  const random = createVirtualRandom(1);
  const dialer = createVirtualDialer({
    clock,
    random,
    hosts: [
      { address: FIRST, behaviour: hosts[0] },
      { address: SECOND, behaviour: hosts[1] },
    ],
  });
  const run = (address: string, more: Partial<ProbeRequest> = {}) => {
    const name = `mx${address.at(-1)}.example.org`;
    const ports: ProbePorts = {
      clock,
      random,
      dialer,
      locate: async () => ({
        kind: 'hosts',
        hosts: [{ name, preference: 10, addresses: [address], origin: 'mx' }],
        warnings: [],
      }),
    };
    return { ports, state: startRun(address, request({ ...changes, ...more }), ports) };
  };
  const first = run(FIRST, template === null ? {} : { senders: { kind: 'template', template } });
  const second = run(SECOND);
  const [from, to] = await Promise.all([first.state, second.state]);
  return trySharing(from, to, second.ports);
}

const BUSY: Reply = {
  code: 450,
  enhanced: '4.3.2',
  text: ['Service currently unavailable'],
};

const list = (changes: Partial<GreylisterPolicy> = {}): MailHostBehaviour =>
  greylists({ ...PLAIN_POLICY, delaySeconds: 60, clockGranularitySeconds: 0, ...changes });

const people = (count: number): ProbeRequest['senders'] => ({
  kind: 'list',
  addresses: Array.from(
    { length: count },
    (_, index) =>
      `user${'abcdefghij'[Math.floor(index / 10)]}${'klmnopqrst'[index % 10]}@x.example`,
  ),
});

describe('whether two hosts share what they remember', () => {
  it('shows in a sender that aged at the first and passes at the second', async () => {
    const both = list({ sharedState: true });
    expect((await share([both, both]))?.shared).to.equal(true);
    expect((await share([list(), list()]))?.shared).to.equal(false);
  });

  it('is not read from senders of a list that aged at both', async () => {
    for (const earlyRetry of [{ kind: 'harmless' }, { kind: 'restart' }] as const) {
      const sharing = await share([list({ earlyRetry }), list({ earlyRetry })], {
        senders: people(20),
      });
      expect(sharing, earlyRetry.kind).to.include({ shared: null, control: null, aged: null });
      expect(sharing?.says, earlyRetry.kind).to.match(/^Not tried: no sender was left/u);
    }
  });

  it('is tried with a sender that the list of the first has met', async () => {
    const both = list({ sharedState: true });
    let beganMs: number | null = null;
    const busyAtFirst: MailHostBehaviour = {
      ...both,
      rcpt: (query) => {
        beganMs ??= query.atMs;
        if (query.atMs - beganMs < 1500) return BUSY;
        return both.rcpt?.(query) ?? null;
      },
    };
    expect((await share([busyAtFirst, both]))?.shared).to.equal(true);
  });

  it('is left open where the second host defers the two in different words', async () => {
    const second = list();
    const faulty: MailHostBehaviour = {
      ...second,
      rcpt: (query) => (query.sender.startsWith('first') ? BUSY : (second.rcpt?.(query) ?? null)),
    };
    const sharing = await share([list(), faulty], {}, 'first-{nonce}@sender.example');
    expect(sharing?.shared).to.equal(null);
    expect(sharing?.says).to.contain('in different words');
  });

  it('is not tried where the second host let nothing pass', async () => {
    const sharing = await share([list(), list({ delaySeconds: 9000 })]);
    expect(sharing?.says).to.equal('Not tried: the second host let no retry pass.');
  });
});
