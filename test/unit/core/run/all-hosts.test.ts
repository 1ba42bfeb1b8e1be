import { expect } from 'chai';
import { assess } from '../../../../src/core/evidence/assess.js';
import { probeAllHosts } from '../../../../src/core/run/all-hosts.js';
import { startRun } from '../../../../src/core/run/engine.js';
import type { ProbePorts } from '../../../../src/core/run/ports.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import type { MailHost } from '../../../../src/model/mail-host.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';
import {
  createVirtualDialer,
  type VirtualHost,
} from '../../../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';
import { request } from './support/virtual-run.js';

const DELAY_SECONDS = 300;

async function probe(
  mailHosts: readonly MailHost[],
  hosts: readonly VirtualHost[],
  changes: Partial<ProbeRequest>,
) {
  const clock = createVirtualClock();
  const random = createVirtualRandom(1);
  const dialer = createVirtualDialer({ clock, random, hosts });
  const ports: ProbePorts = {
    clock,
    random,
    dialer,
    locate: async () => ({ kind: 'hosts', hosts: mailHosts, warnings: [] }),
  };
  let runs = 0;
  const all = await probeAllHosts(request(changes), ports, (asked, own) => {
    runs += 1;
    return startRun(`run${runs}`, asked, own);
  });
  if (all.kind !== 'hosts') throw new Error(all.kind);
  return all;
}

const mx = (name: string, ...addresses: readonly string[]): MailHost => ({
  name: `${name}.example.org`,
  preference: 10,
  addresses,
  origin: 'mx',
});

const list = () =>
  greylists({
    ...PLAIN_POLICY,
    delaySeconds: DELAY_SECONDS,
    clockGranularitySeconds: 0,
    sharedState: true,
  });

describe('all hosts', () => {
  it('get senders of their own from a list, since they may share what they remember', async () => {
    const behaviour = list();
    const addresses = [...'abcdefghijkl'].map((letter) => `${letter}x@sender.example`);
    const { runs } = await probe(
      [mx('mx1', '192.0.2.1'), mx('mx2', '192.0.2.2')],
      [
        { address: '192.0.2.1', behaviour },
        { address: '192.0.2.2', behaviour, latencyMs: { low: 200, high: 3000 } },
      ],
      { senders: { kind: 'list', addresses } },
    );
    const senders = runs.map((run) => new Set(run.attempts.map(({ tuple }) => tuple.sender)));
    expect(senders).to.have.length(2);
    expect([...(senders[0] ?? [])].filter((one) => senders[1]?.has(one))).to.deep.equal([]);
    for (const run of runs) {
      const { afterSeconds, bySeconds } = assess(run).inference.opens;
      expect(afterSeconds ?? 0).to.be.at.most(DELAY_SECONDS);
      expect(bySeconds ?? DELAY_SECONDS).to.be.at.least(DELAY_SECONDS);
    }
  });

  it('share one sender where there is no other', async () => {
    const { runs } = await probe(
      [mx('mx1', '192.0.2.1'), mx('mx2', '192.0.2.2')],
      [
        { address: '192.0.2.1', behaviour: list() },
        { address: '192.0.2.2', behaviour: list() },
      ],
      { senders: { kind: 'list', addresses: ['one@sender.example'] } },
    );
    for (const run of runs) expect(run.attempts[0]?.tuple.sender).to.equal('one@sender.example');
  });

  it('are measured once where two names have one address', async () => {
    const { runs, sharing, warnings } = await probe(
      [mx('mx1', '192.0.2.1'), mx('mx2', '192.0.2.1')],
      [{ address: '192.0.2.1', behaviour: list() }],
      {},
    );
    expect(runs).to.have.length(1);
    expect(sharing).to.deep.equal([]);
    expect(warnings.map(({ code }) => code)).to.deep.equal(['same-host']);
  });
});
