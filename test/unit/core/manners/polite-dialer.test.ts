import { expect } from 'chai';
import { createSharedDialer } from '../../../../src/core/manners/polite-dialer.js';
import { acceptsAll, busyAtConnect } from '../../../../src/sandbox/behaviours.js';
import { refusesConnections } from '../../../support/behaviours.js';
import { createWorld } from '../../tasks/check/support/world.js';

const request = (address: string) => ({
  address,
  port: 25,
  hostName: null,
  sourceAddress: null,
  helo: 'client.sender.example',
  tls: 'never' as const,
  timeoutMs: 1000,
});

describe('a dialer that runs share', () => {
  const world = () =>
    createWorld({
      'a.example': [['mx.a.example', '192.0.2.1', acceptsAll()]],
      'b.example': [['mx.b.example', '192.0.2.2', acceptsAll()]],
      'c.example': [['mx.c.example', '192.0.2.3', refusesConnections()]],
    });

  it('opens one connection at a time to an address, with a pause between, and others beside', async () => {
    const { clock, dialer } = world();
    const shared = createSharedDialer(dialer, clock);
    const open = new Map<string, number>();
    const ended = new Map<string, number>();
    let most = 0;
    const visit = async (address: string) => {
      const { session } = await shared.dial(request(address));
      const now = clock.read().monotonicMs;
      expect(open.get(address) ?? 0).to.equal(0);
      expect(now - (ended.get(address) ?? Number.NEGATIVE_INFINITY)).to.be.at.least(1000);
      open.set(address, 1);
      most = Math.max(most, [...open.values()].filter((one) => one > 0).length);
      await clock.sleepUntil(now + 5000);
      open.set(address, 0);
      ended.set(address, clock.read().monotonicMs);
      await session?.quit();
    };
    await Promise.all(['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.2'].map(visit));

    expect(most).to.equal(2);
    expect(dialer.connections).to.equal(5);
  });

  it('gives the turn on after a connection that failed', async () => {
    const { clock, dialer } = world();
    const shared = createSharedDialer(dialer, clock);
    const ends = await Promise.all([1, 2, 3].map(() => shared.dial(request('192.0.2.3'))));

    expect(ends.map(({ end }) => end?.failure?.code)).to.deep.equal(
      Array(3).fill('connection-refused'),
    );
  });

  it('leaves a host alone for an hour that asked to stop', async () => {
    const { clock, dialer } = createWorld({
      'busy.example': [['mx.busy.example', '192.0.2.4', busyAtConnect()]],
    });
    const limits = { secondsBetweenConnections: 1, connectionsPerHour: 30 };
    const shared = createSharedDialer(dialer, clock);
    expect((await shared.dial(request('192.0.2.4'))).end?.reply?.code).to.equal(421);
    const whom = { address: '192.0.2.4', port: 25, name: null };
    const freeMs = shared.freeAtMs?.(whom, limits) ?? 0;
    expect((freeMs - clock.read().monotonicMs) / 1000).to.be.closeTo(3600, 0.1);
    expect(shared.restOf?.(whom)?.who).to.equal('192.0.2.4');
  });

  it('does not hold up a run that is interrupted', async () => {
    const { clock, dialer } = world();
    const shared = createSharedDialer(dialer, clock);
    await shared.dial(request('192.0.2.1'));
    const stop = new AbortController();
    const waiting = shared.dial(request('192.0.2.1'), stop.signal);
    stop.abort();

    expect((await waiting).session).to.equal(null);
  });
});
