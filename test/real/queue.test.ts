import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { connectRedis, type RedisLink } from '../../src/edges/bullmq/connect.js';
import * as keys from '../../src/edges/bullmq/keys.js';
import { QueueVisits } from '../../src/edges/bullmq/queue-visits.js';
import { Rights } from '../../src/edges/bullmq/rights.js';
import type { QueueTiming } from '../../src/edges/bullmq/timing.js';
import { VisitWorker, type VisitWorkerOptions } from '../../src/edges/bullmq/visit-worker.js';
import { systemClock } from '../../src/edges/system/clock.js';
import type { Dialer } from '../../src/model/ports/dialer.js';
import type { Visit } from '../../src/model/ports/visits.js';
import { parseRedisUrl } from '../../src/model/values/redis-url.js';
import { type Redis, startRedis } from './support/redis.js';

const SURVEY = '20261123T194500-qzkw';
const SOURCE = '198.51.100.1';
const TIMING: QueueTiming = {
  leaseMs: 1500,
  renewMs: 200,
  giveUpMs: 700,
  silentMs: 1000,
  lateMs: 1000,
};
const SENDER = {
  sender: 'p@sender.example',
  recipient: 'user@example.org',
  stage: 'rcpt',
  message: null,
} as const;
const NOBODY: readonly string[] = [];

describe('visits through a queue', function () {
  this.timeout(20_000);
  let redis: Redis;
  let looking: RedisLink;
  let notes: string[] = [];
  let dialled = 0;
  const ends: (() => Promise<unknown>)[] = [];
  const attending: QueueVisits[] = [];

  before(async () => {
    redis = await startRedis();
    looking = await connect();
  });

  after(async () => {
    looking.close();
    await redis.stop();
  });

  beforeEach(async () => {
    await looking.redis.flushall();
    notes = [];
    dialled = 0;
  });

  afterEach(async () => {
    attending.splice(0);
    for (const end of ends.splice(0).toReversed()) await end();
  });

  const connect = () => connectRedis(parseRedisUrl(`redis://127.0.0.1:${redis.port}`));
  const onNote = (note: string) => void notes.push(note);

  async function coordinate(optOut = NOBODY): Promise<QueueVisits> {
    const visits = await QueueVisits.open(await connect(), {
      survey: SURVEY,
      clock: systemClock,
      timing: TIMING,
      optOut: () => optOut,
      past: [],
      onNote,
    });
    ends.push(() => visits.close());
    attending.push(visits);
    return visits;
  }

  /** Accepts whatever it is asked, without a network. */
  function dialer(): Dialer {
    const reply = { code: 250, enhanced: null, text: ['Ok'] };
    return {
      dial: async () => {
        dialled += 1;
        return {
          session: {
            facts: { banner: reply, greeting: reply, extensions: [], tls: null },
            open: true,
            unasked: null,
            transact: async () => {
              const at = systemClock.read();
              return { stage: 'rcpt', reply, failure: null, sent: at, replied: at };
            },
            quit: async () => {},
          },
          end: null,
        };
      },
    };
  }

  async function work(changes: Partial<VisitWorkerOptions> = {}, source = SOURCE) {
    const link = await connect();
    const worker = new VisitWorker(link, {
      own: { sources: [source], allowPrivate: false, ports: [25], connectionsPerHour: 30 },
      dialer: dialer(),
      clock: systemClock,
      timing: TIMING,
      concurrency: 10,
      endWithinMs: 1000,
      holdsAddress: async () => true,
      onNote,
      ...changes,
    });
    const stop = new AbortController();
    const working = worker.run(stop.signal);
    const end = async () => {
      stop.abort();
      await working;
    };
    ends.push(end);
    await until(() => worker.counts.surveys === 1);
    await until(() => attending.every((one) => one.sources.includes(source)));
    return { worker, link, working, end };
  }

  function visitTo(address = '8.8.8.8', changes: Partial<Visit['request']> = {}): Visit {
    return {
      run: 'run',
      session: 1,
      request: {
        address,
        port: 25,
        hostName: 'mx.example.org',
        sourceAddress: SOURCE,
        helo: 'client.example',
        tls: 'never',
        timeoutMs: 1000,
        ...changes,
      },
      limits: { connectionsPerHour: 30, secondsBetweenConnections: 1 },
      domain: 'example.org',
    };
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await delay(20);
  }

  it('are made from the address that they ask for, and say what came', async () => {
    const visits = await coordinate();
    const { end } = await work();
    const visit = visitTo();
    expect(await visits.claim(visit)).to.deep.equal({ kind: 'go' });
    expect(dialled, 'nothing before the word of the coordinator').to.equal(0);
    const { session } = await visits.result(visit);
    const tried = await session?.transact(SENDER);
    expect(tried?.reply?.code).to.equal(250);
    expect(dialled).to.equal(1);
    const other = await visits.claim({ ...visit, run: 'other' });
    expect(other.kind, 'one at a time').to.equal('later');
    await session?.quit();
    const soon = await visits.claim({ ...visit, run: 'other' });
    if (soon.kind !== 'later') throw new Error(soon.kind);
    expect(soon.untilMs - systemClock.read().monotonicMs).to.be.within(1, 1000);
    await until(() => visits.sources.includes(SOURCE));
    await end();
  });

  it('wait while the address has no worker', async () => {
    const visits = await coordinate();
    expect((await visits.claim(visitTo())).kind).to.equal('later');
  });

  it('are missed where the worker does not come, and not made by who comes later', async () => {
    await new Rights(looking.redis, 0).attend(keys.SOURCES, [SOURCE], 60_000);
    const visits = await coordinate();
    expect(await visits.claim(visitTo())).to.deep.equal({ kind: 'missed' });
    const { worker } = await work();
    await until(() => worker.counts.surveys === 1);
    await delay(300);
    expect(dialled).to.equal(0);
  });

  it('are given up at once where the survey is stopped', async () => {
    await new Rights(looking.redis, 0).attend(keys.SOURCES, [SOURCE], 60_000);
    const visits = await coordinate();
    const stop = new AbortController();
    const beganMs = performance.now();
    const claim = visits.claim(visitTo(), stop.signal);
    stop.abort();
    expect(await claim).to.deep.equal({ kind: 'missed' });
    expect(performance.now() - beganMs).to.be.below(500);
  });

  it('are refused by the limits of the worker, which say why', async () => {
    const visits = await coordinate();
    const { worker } = await work();
    expect(await visits.claim(visitTo('10.0.0.1'))).to.deep.equal({ kind: 'refused' });
    expect(await visits.claim(visitTo('8.8.8.8', { port: 6379 }))).to.deep.equal({
      kind: 'refused',
    });
    expect(worker.counts.refused).to.equal(2);
    expect(notes[0]).to.match(/^A worker refuses visits: 10\.0\.0\.1 is no public address/);
    expect(dialled).to.equal(0);
  });

  it('are not made to who opted out', async () => {
    const visits = await coordinate(['8.8.8.0/24']);
    await work();
    expect(await visits.claim(visitTo())).to.deep.equal({ kind: 'opted-out' });
  });

  it('end where the worker loses its address, and are not moved', async () => {
    const visits = await coordinate();
    let holds = true;
    const { worker, working } = await work({ holdsAddress: async () => holds });
    await until(() => worker.counts.surveys === 1);
    holds = false;
    await working;
    expect(await visits.claim(visitTo())).to.deep.equal({ kind: 'source-lost' });
    await work({}, '198.51.100.2');
    expect(await visits.claim(visitTo())).to.deep.equal({ kind: 'source-lost' });
    expect(visits.sources).to.deep.equal(['198.51.100.2']);
  });

  it('have an unknown outcome where the worker dies, and are not made again', async () => {
    const visits = await coordinate();
    const { link } = await work({ dialer: deaf() });
    const visit = visitTo();
    await visits.claim(visit);
    const { session } = await visits.result(visit);
    const trying = session?.transact(SENDER);
    await delay(100);
    link.close();
    const { worker } = await work();
    const tried = await trying;
    expect(tried).to.deep.include({ stage: 'rcpt', reply: null });
    expect(tried?.failure?.code).to.equal('interrupted');
    expect(worker.counts.visits).to.equal(0);
  });

  it('are not made for garbage, whoever put it there', async () => {
    const visits = await coordinate();
    const { worker } = await work();
    await until(() => worker.counts.surveys === 1);
    const queue = new looking.libraries.bullmq.Queue(keys.queueName(SOURCE), {
      connection: looking.redis,
      prefix: keys.queuePrefix(SURVEY),
    });
    await queue.add('visit', { visit: '../../etc', request: { address: 'localhost' } });
    await looking.redis.xadd(keys.reportStream(SURVEY), '*', 'm', '{"tell":"claim"');
    await until(() => worker.counts.refused === 1);
    expect(await visits.claim(visitTo())).to.deep.equal({ kind: 'go' });
    expect(dialled).to.equal(0);
  });

  it('wait where the Redis has lost what it knew, and it is told again', async () => {
    const visits = await coordinate();
    await work();
    const visit = visitTo();
    await visits.claim(visit);
    const { session } = await visits.result(visit);
    await session?.quit();
    await looking.redis.flushall();
    await until(() => notes.some((note) => note.includes('lost what it knew')));
    const claim = await visits.claim(visitTo('8.8.4.4'));
    expect(claim.kind).to.equal('later');
    expect(await looking.redis.zcard(keys.hostHour('8.8.8.8')), 'its hour').to.equal(1);
  });

  it('are the later coordinator’s', async () => {
    const first = await coordinate();
    const second = await coordinate();
    await delay(3 * TIMING.renewMs);
    const error = await first.claim(visitTo()).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'survey-taken-over');

    await first.close();
    attending.splice(attending.indexOf(first), 1);
    await work();
    await delay(3 * TIMING.renewMs);
    expect((await second.claim(visitTo())).kind).to.equal('go');
    expect(notes).to.deep.equal([]);
  });

  /** Opens, and never answers a transaction. */
  function deaf(): Dialer {
    const usual = dialer();
    return {
      dial: async (request) => {
        const dialledOne = await usual.dial(request);
        if (dialledOne.session === null) return dialledOne;
        const { facts } = dialledOne.session;
        const session = {
          facts,
          open: true,
          unasked: null,
          transact: () => new Promise<never>(() => {}),
          quit: async () => {},
        };
        return { session, end: null };
      },
    };
  }
});
