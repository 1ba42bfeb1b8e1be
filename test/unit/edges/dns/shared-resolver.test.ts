import { expect } from 'chai';
import { SharedResolver } from '../../../../src/edges/dns/shared-resolver.js';
import type { Resolver } from '../../../../src/model/ports/resolver.js';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';

const ANSWER = {
  status: 'ok',
  canonicalName: 'example.org',
  data: [],
  ttlSeconds: 30,
  authenticated: false,
} as const;

describe('a resolver that many share', () => {
  function world(fail = false) {
    const clock = createVirtualClock();
    const asked: { name: string; atMs: number }[] = [];
    const beganMs = clock.read().monotonicMs;
    const note = async (name: string) => {
      asked.push({ name, atMs: clock.read().monotonicMs - beganMs });
      if (fail) throw new Error('no answer');
      return ANSWER;
    };
    const resolver: Resolver = { mx: note, text: (name, type) => note(`${type} ${name}`) };
    const shared = new SharedResolver(resolver, clock, { questionsPerSecond: 10 });
    return { clock, asked, shared };
  }

  it('asks once for all who ask the same, and again when the answer is over', async () => {
    const { clock, asked, shared } = world();
    await Promise.all([1, 2, 3].map(() => shared.mx('example.org')));
    await clock.sleepUntil(clock.read().monotonicMs + 29_000);
    await shared.mx('example.org');
    expect(asked).to.have.length(1);
    await clock.sleepUntil(clock.read().monotonicMs + 2000);
    await shared.mx('example.org');
    expect(asked).to.have.length(2);
    await shared.text('example.org', 'A');
    await shared.text('example.org', 'AAAA');
    expect(asked).to.have.length(4);
  });

  it('sends new questions at a bounded rate', async () => {
    const { asked, shared } = world();
    await Promise.all(['a', 'b', 'c'].map((name) => shared.mx(name)));
    expect(asked.map(({ atMs }) => atMs)).to.deep.equal([0, 100, 200]);
  });

  it('keeps no failure, and tells it to all who waited', async () => {
    const { asked, shared } = world(true);
    const ends = await Promise.allSettled([shared.mx('a'), shared.mx('a')]);
    expect(ends.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    expect(asked).to.have.length(1);
    await shared.mx('a').catch(() => {});
    expect(asked).to.have.length(2);
  });

  it('lets one go that is interrupted, and the others have the answer', async () => {
    const { asked, shared } = world();
    const stop = new AbortController();
    await shared.mx('first');
    const [one, other] = [shared.mx('a', stop.signal), shared.mx('a')];
    stop.abort();
    expect((await Promise.allSettled([one]))[0]?.status).to.equal('rejected');
    expect(await other).to.equal(ANSWER);
    expect(asked).to.have.length(2);
  });
});
