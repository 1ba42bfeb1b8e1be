import { expect } from 'chai';
import type { RunState } from '../../../../src/core/run/state.js';
import type { MailHost, Warning } from '../../../../src/model/mail-host.js';
import type { Dialer } from '../../../../src/model/ports/dialer.js';
import type { FailureCode } from '../../../../src/model/smtp.js';
import { acceptsAll } from '../../../../src/sandbox/behaviours.js';
import { reachHosts } from '../../../../src/tasks/check/reach.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';

const host = (name: string, ...addresses: string[]): MailHost => ({
  name,
  preference: 10,
  addresses,
  origin: 'mx',
});

/** Every address fails in the way given; those that are not named refuse. */
function dialerThatFails(failures: Readonly<Record<string, FailureCode>>): Dialer {
  const at = { wallMs: 0, monotonicMs: 0 };
  return {
    dial: async ({ address }) => {
      const code = failures[address] ?? 'connection-refused';
      const failure = { code, message: `${code}.` };
      const end = { stage: 'connect', reply: null, failure, sent: at, replied: at } as const;
      return { session: null, end };
    },
  };
}

describe('reachHosts', () => {
  let talked: RunState;
  before(async () => {
    ({ state: talked } = await virtualRun(acceptsAll()));
  });

  /** What is said of hosts beside the one that the run talked to. */
  async function beside(
    hosts: readonly MailHost[],
    failures: Readonly<Record<string, FailureCode>> = {},
    warnings: readonly Warning[] = [],
  ) {
    const state = { ...talked, mailHosts: [...(talked.mailHosts ?? []), ...hosts], warnings };
    const reached = await reachHosts(state, [], dialerThatFails(failures));
    return reached?.slice(-hosts.length).map((one) => one.reached);
  }

  it('knows the hosts that the run talked to, without a connection', async () => {
    const reached = await reachHosts(talked, [], dialerThatFails({}));

    expect(reached?.map((one) => one.reached)).to.deep.equal([true]);
  });

  it('calls a host out of reach that refuses, is silent, or has no address', async () => {
    const hosts = [host('a', '192.0.2.50'), host('b', '192.0.2.51'), host('c')];

    expect(await beside(hosts, { '192.0.2.51': 'timeout' })).to.deep.equal([false, false, false]);
  });

  it('blames no host for a way that this machine does not have', async () => {
    const hosts = [host('a', '2001:db8::1'), host('b', '192.0.2.50')];
    const noRoute = {
      '2001:db8::1': 'host-unreachable',
      '192.0.2.50': 'host-unreachable',
    } as const;

    // IPv4 is known to work, since the run talked to a host that way.
    expect(await beside(hosts, noRoute)).to.deep.equal([null, false]);
  });

  it('blames no host for a DNS that did not tell its addresses', async () => {
    const warnings = [{ code: 'mx-lookup-failed', message: 'Addresses of a may be missing.' }];

    expect(await beside([host('a')], {}, warnings)).to.deep.equal([null]);
  });

  it('says nothing of hosts whose greeting was broken off', async () => {
    const stop = new AbortController();
    const dialer: Dialer = {
      dial: (request) => {
        stop.abort();
        return dialerThatFails({ [request.address]: 'interrupted' }).dial(request);
      },
    };
    const state = { ...talked, mailHosts: [host('a', '192.0.2.50')] };

    expect(await reachHosts(state, [], dialer, stop.signal)).to.equal(null);
  });
});
