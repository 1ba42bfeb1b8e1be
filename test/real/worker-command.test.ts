import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as v from 'valibot';
import { WorkerResultSchema } from '../../src/contract/worker-result.js';
import { connectRedis, type RedisLink } from '../../src/edges/bullmq/connect.js';
import { parseRedisUrl } from '../../src/model/values/redis-url.js';
import { type Redis, startRedis } from './support/redis.js';

const PROGRAM = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const PASSWORD = 'correct-horse';

describe('greyprobe worker', () => {
  let redis: Redis;
  let admin: RedisLink;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'greyprobe-worker-'));
    redis = await startRedis();
    admin = await connectRedis(parseRedisUrl(`redis://127.0.0.1:${redis.port}`));
    await admin.redis.config('SET', 'requirepass', PASSWORD);
  });

  after(async () => {
    admin.close();
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(words: readonly string[], url?: string) {
    const child = spawn(process.execPath, [PROGRAM, ...words, '--state-dir', folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(url === undefined ? {} : { GREYPROBE_REDIS_URL: url }) },
    });
    let out = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    return { child, ended: once(child, 'close'), out: () => out, said: () => said };
  }

  const urlWith = (password: string) => `redis://:${password}@127.0.0.1:${redis.port}`;

  it('works until SIGTERM, and nobody sees its password', async () => {
    const worker = start(['worker', '--source-ip', '127.0.0.2', '--json'], urlWith(PASSWORD));
    while (!worker.said().includes('Making visits')) await delay(50);
    const shown = readFileSync(`/proc/${worker.child.pid}/cmdline`, 'utf8');
    worker.child.kill('SIGTERM');
    expect((await worker.ended)[0]).to.equal(0);
    const result = v.parse(WorkerResultSchema, JSON.parse(worker.out()));
    expect(result).to.include({ ended: 'stopped', visits: 0 });
    expect(result.redis).to.equal(`redis://127.0.0.1:${redis.port}/0`);
    expect(shown + worker.out() + worker.said()).to.not.contain(PASSWORD);
  });

  it('takes the URL from a file', async () => {
    const path = join(folder, 'redis-url');
    writeFileSync(path, `${urlWith(PASSWORD)}\n`, { mode: 0o600 });
    const worker = start(['worker', '--source-ip', '127.0.0.2', '--redis', path]);
    while (!worker.said().includes('Making visits')) await delay(50);
    worker.child.kill('SIGTERM');
    expect((await worker.ended)[0]).to.equal(0);
    expect(worker.out()).to.match(/^Stopped\. From 127\.0\.0\.2: 0 visits made/);
  });

  it('says that a password is wrong, and not which', async () => {
    const worker = start(
      ['worker', '--source-ip', '127.0.0.2', '--json'],
      urlWith('battery-staple'),
    );
    expect((await worker.ended)[0]).to.equal(5);
    expect(worker.out()).to.contain('redis-unreachable').and.to.contain('WRONGPASS');
    expect(worker.out() + worker.said()).to.not.contain('battery-staple');
  });

  it('takes no password from the command line', async () => {
    const words = ['worker', '--source-ip', '127.0.0.2', '--redis', urlWith('battery-staple')];
    const worker = start(words);
    expect((await worker.ended)[0]).to.equal(2);
    expect(worker.said()).to.contain('everybody on this machine can read');
    expect(worker.said()).to.not.contain('battery-staple');
  });

  it('does not work from an address that this machine does not have', async () => {
    const worker = start(['worker', '--source-ip', '192.0.2.1'], urlWith(PASSWORD));
    expect((await worker.ended)[0]).to.equal(2);
    expect(worker.said()).to.contain('This machine does not have the address 192.0.2.1.');
  });

  it('is looked after by doctor', async () => {
    const doctor = start(['doctor', '--resolver', '127.0.0.1:1', '--json'], urlWith(PASSWORD));
    await doctor.ended;
    const { checks } = v.parse(
      v.object({ checks: v.array(v.object({ check: v.string(), outcome: v.string() })) }),
      JSON.parse(doctor.out()),
    );
    const outcomes = checks.filter(({ check }) => check === 'redis').map(({ outcome }) => outcome);
    expect(outcomes).to.deep.equal(['ok', 'ok', 'warning', 'ok']);
    expect(doctor.out()).to.not.contain(PASSWORD);
  });
});
