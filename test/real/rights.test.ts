import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { optOutMarks } from '../../src/core/manners/opt-out-marks.js';
import { connectRedis, type RedisLink } from '../../src/edges/bullmq/connect.js';
import * as keys from '../../src/edges/bullmq/keys.js';
import type { Job } from '../../src/edges/bullmq/messages.js';
import { Rights } from '../../src/edges/bullmq/rights.js';
import { parseRedisUrl } from '../../src/model/values/redis-url.js';
import { type Redis, startRedis } from './support/redis.js';

const LEASE_MS = 60_000;
const MINUTE_MS = 60_000;

describe('the right to connect, of a Redis', () => {
  let redis: Redis;
  let link: RedisLink;
  let rights: Rights;
  let visits = 0;

  before(async () => {
    redis = await startRedis();
    link = await connectRedis(parseRedisUrl(`redis://127.0.0.1:${redis.port}`));
    rights = new Rights(link.redis, LEASE_MS);
  });

  after(async () => {
    link.close();
    await redis.stop();
  });

  beforeEach(async () => {
    await link.redis.flushall();
    await link.redis.set(keys.coordinatorKey('survey'), 'c1');
  });

  const nowMs = async () => {
    const [seconds, micros] = await link.redis.time();
    return Number(seconds) * 1000 + Number(micros) / 1000;
  };

  /** A visit to the host with this number, or to an address. */
  async function jobFor(
    host: number | string,
    { name = `mx.host${host}.example`, ...changes }: Partial<Job> & { name?: string | null } = {},
  ): Promise<Job> {
    visits += 1;
    const visit = `run.1.c1.${visits}`;
    const now = await nowMs();
    return {
      visit,
      survey: 'survey',
      coordinator: 'c1',
      domain: 'example.org',
      request: {
        address: typeof host === 'string' ? host : `192.0.2.${host}`,
        port: 25,
        hostName: name,
        sourceAddress: '198.51.100.1',
        helo: 'client.example',
        tls: 'never',
        timeoutMs: 30_000,
      },
      limits: { connectionsPerHour: 30, secondsBetweenConnections: 1 },
      notBeforeMs: now - 1,
      notAfterMs: now + MINUTE_MS,
      ...changes,
    };
  }

  const claim = (job: Job, worker = 'w1', by = rights) => {
    const { address, hostName } = job.request;
    return by.claim(job, worker, optOutMarks([job.domain, hostName ?? ''], address));
  };
  const kindOf = async (job: Job) => (await claim(job)).kind;

  async function waitOf(job: Job): Promise<number> {
    const answer = await claim(job);
    return answer.kind === 'later' ? answer.waitMs : Number.NaN;
  }

  const whomOf = ({ request }: Job) => ({
    address: request.address,
    port: request.port,
    name: request.hostName,
  });

  it('is given once for a visit, and again only to the one that has it', async () => {
    const job = await jobFor(1);
    expect(await claim(job, 'w1')).to.deep.equal({ kind: 'go', worker: 'w1' });
    expect(await claim(job, 'w1')).to.deep.equal({ kind: 'go', worker: 'w1' });
    expect(await claim(job, 'w2')).to.deep.equal({ kind: 'done' });
    await rights.end(job);
    expect(await claim(job, 'w2')).to.deep.equal({ kind: 'done' });
  });

  it('is not given for a visit that was called off, and not called off once given', async () => {
    const off = await jobFor(1);
    expect(await rights.cancel('survey', off.visit)).to.equal(true);
    expect(await kindOf(off)).to.equal('done');
    const on = await jobFor(1);
    await claim(on);
    expect(await rights.cancel('survey', on.visit)).to.equal(false);
  });

  it('is not given for a coordinator that is gone', async () => {
    expect(await kindOf(await jobFor(1, { coordinator: 'c0' }))).to.equal('stale');
  });

  it('holds from its time to its time, on the clock of the Redis', async () => {
    const now = await nowMs();
    expect(await waitOf(await jobFor(1, { notBeforeMs: now + 15_000 }))).to.be.within(
      14_000,
      15_000,
    );
    const late = await jobFor(1, { notBeforeMs: now - 2000, notAfterMs: now - 1000 });
    expect(await kindOf(late)).to.equal('missed');
  });

  it('is one at a time to a host, a second after the last', async () => {
    const first = await jobFor(1);
    expect(await kindOf(first)).to.equal('go');
    expect(await waitOf(await jobFor(1))).to.equal(1000);
    expect(await kindOf(await jobFor(2))).to.equal('go');
    await rights.end(first);
    const next = await jobFor(1);
    const waitMs = await waitOf(next);
    expect(waitMs).to.be.within(900, 1000);
    await delay(waitMs + 1);
    expect(await kindOf(next)).to.equal('go');
  });

  it('tells the ports of a loopback address apart, as the ledger does', async () => {
    const job = await jobFor('127.0.0.9');
    expect(await kindOf(job)).to.equal('go');
    const other = await jobFor('127.0.0.9');
    expect(await kindOf({ ...other, request: { ...other.request, port: 26 } })).to.equal('go');
  });

  it('ends where it is not renewed, and is not given back by whoever had it', async () => {
    const brief = new Rights(link.redis, 200);
    const dead = await jobFor(1);
    await claim(dead, 'w1', brief);
    await brief.renew(dead);
    await delay(250);
    const next = await jobFor(1);
    const waitMs = await waitOf(next);
    expect(waitMs, 'a second after it ended at the latest').to.be.within(500, 1000);
    await delay(waitMs + 1);
    expect(await kindOf(next)).to.equal('go');
    expect(await rights.isHeld(next.visit, whomOf(next))).to.equal(true);
    expect(await rights.renew(dead)).to.equal(false);
    await rights.end(dead);
    expect(await rights.isHeld(next.visit, whomOf(next))).to.equal(true);
  });

  it('is not renewed once it has ended', async () => {
    const job = await jobFor(1);
    await claim(job);
    expect(await rights.renew(job)).to.equal(true);
    await rights.end(job);
    expect(await rights.renew(job)).to.equal(false);
    expect(await rights.isHeld(job.visit, whomOf(job))).to.equal(false);
  });

  it('is known again to a Redis that has lost all, once it is renewed', async () => {
    const job = await jobFor(1);
    await claim(job);
    await link.redis.flushall();
    expect(await rights.renew(job)).to.equal(true);
    await link.redis.set(keys.coordinatorKey('survey'), 'c1');
    expect(await waitOf(await jobFor(1))).to.equal(1000);
  });

  it('is given so often an hour, whoever connected', async () => {
    const job = await jobFor(1, {
      limits: { connectionsPerHour: 3, secondsBetweenConnections: 1 },
    });
    for (const [n, minutes] of [59, 30, 10].entries()) {
      await rights.remember(`past${n}`, whomOf(job), minutes * MINUTE_MS);
    }
    expect(await waitOf(job)).to.be.within(MINUTE_MS - 1000, MINUTE_MS);
    const more = { connectionsPerHour: 4, secondsBetweenConnections: 1 };
    expect(await kindOf({ ...job, limits: more })).to.equal('go');
  });

  it('counts what is remembered twice once', async () => {
    const job = await jobFor(1, {
      limits: { connectionsPerHour: 2, secondsBetweenConnections: 1 },
    });
    await rights.remember('past', whomOf(job), MINUTE_MS);
    await rights.remember('past', whomOf(job), MINUTE_MS);
    expect(await kindOf(job)).to.equal('go');
  });

  it('is given four times at a time to an operator, and 120 times an hour', async () => {
    const name = 'mx.big.example';
    const open = await Promise.all([1, 2, 3, 4].map((host) => jobFor(host, { name })));
    for (const job of open) expect(await kindOf(job)).to.equal('go');
    expect(await waitOf(await jobFor(5, { name }))).to.equal(1000);
    expect(await kindOf(await jobFor(6, { name: 'mx.small.example' }))).to.equal('go');
    for (const job of open) await rights.end(job);
    expect(await kindOf(await jobFor(5, { name }))).to.equal('go');
    const [first] = open;
    if (first === undefined) throw new Error('no visit');
    for (let n = 0; n < 120; n += 1) {
      await rights.remember(
        `past${n}`,
        { ...whomOf(first), address: '192.0.2.99' },
        30 * MINUTE_MS,
      );
    }
    expect(await waitOf(await jobFor(7, { name }))).to.be.within(29 * MINUTE_MS, 30 * MINUTE_MS);
  });

  it('is not given for a host, or an operator, that asked to stop within the hour', async () => {
    const name = 'mx1.big.example';
    const job = await jobFor(1, { name });
    await rights.stop(whomOf(job), 10 * MINUTE_MS);
    const answer = await claim(job);
    expect(answer).to.include({ kind: 'rest', of: 'host' });
    if (answer.kind === 'rest') expect(answer.agoMs).to.be.within(599_000, 601_000);
    expect(await claim(await jobFor(2, { name: 'mx2.big.example' }))).to.include({
      kind: 'rest',
      of: 'operator',
    });
    expect(await kindOf(await jobFor(3, { name: null }))).to.equal('go');
    await rights.stop(whomOf(job), 61 * MINUTE_MS);
    expect(await kindOf(await jobFor(1, { name }))).to.equal('go');
  });

  it('is not given for who opted out, by name, domain or network', async () => {
    const marks = ['big.example', 'example.net', '192.0.2.0/30', '2001:db8::/32'];
    await link.redis.sadd(keys.optOutKey('survey'), ...marks);
    expect(await kindOf(await jobFor(9, { name: 'mx.big.example' }))).to.equal('opted-out');
    expect(await kindOf(await jobFor(9, { domain: 'a.example.net' }))).to.equal('opted-out');
    expect(await kindOf(await jobFor(3))).to.equal('opted-out');
    expect(await kindOf(await jobFor('2001:db8:1::7'))).to.equal('opted-out');
    expect(await kindOf(await jobFor(4))).to.equal('go');
  });

  it('waits while the Redis has forgotten who is connected', async () => {
    await link.redis.set(keys.QUIET, 'c1', 'PX', 5000);
    expect(await waitOf(await jobFor(1))).to.be.within(4000, 5000);
  });

  it('is given to one of many who ask at the same moment', async () => {
    const jobs = await Promise.all(
      Array.from({ length: 300 }, (_, n) => jobFor(n % 20, { name: null })),
    );
    const answers = await Promise.all(jobs.map((job, n) => claim(job, `w${n % 3}`)));
    const given = jobs.filter((_, n) => answers[n]?.kind === 'go');
    expect(given).to.have.length(20);
    expect(new Set(given.map(({ request }) => request.address)).size).to.equal(20);
  });
});
