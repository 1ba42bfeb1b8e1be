/*
 * A coordinator or a worker in a process of its own, with times of the queue that fit a test:
 *
 *   node --import=tsx test/real/support/survey-process.ts '{"as":"worker",...}'
 *
 * SIGUSR2 blocks its event loop for as long as it was told.
 */
import { appendFileSync } from 'node:fs';
import * as v from 'valibot';
import { requestFor } from '../../../src/core/run/request.js';
import { parseRedisUrl } from '../../../src/model/values/redis-url.js';
import { readTargets } from '../../../src/tasks/survey/read-targets.js';
import { surveyTargets } from '../../../src/tasks/survey/survey.js';
import { runWorker } from '../../../src/tasks/worker/run-worker.js';

const timing = v.object({
  leaseMs: v.number(),
  renewMs: v.number(),
  giveUpMs: v.number(),
  silentMs: v.number(),
  lateMs: v.number(),
});
const common = { redis: v.string(), stateDir: v.string(), timing, smtpPort: v.number() };
const AskedSchema = v.variant('as', [
  v.object({ as: v.literal('worker'), ...common, source: v.string(), blockMs: v.number() }),
  v.object({
    as: v.literal('coordinator'),
    ...common,
    resolver: v.string(),
    recipients: v.array(v.string()),
    hostsPerSecond: v.number(),
    rows: v.string(),
  }),
]);

const asked = v.parse(AskedSchema, JSON.parse(process.argv[2] ?? ''));
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const redis = parseRedisUrl(asked.redis);
const onNote = (note: string) => void process.stderr.write(`${asked.as}: ${note}\n`);

if (asked.as === 'worker') {
  process.on('SIGUSR2', () => {
    const endMs = performance.now() + asked.blockMs;
    while (performance.now() < endMs);
  });
  await runWorker({
    version: '1.2.3',
    redis,
    own: {
      sources: [asked.source],
      allowPrivate: true,
      ports: [asked.smtpPort],
      connectionsPerHour: 30,
    },
    concurrency: 100,
    timing: asked.timing,
    stateDir: asked.stateDir,
    signal: stop.signal,
    onNote,
    onStart: () => {},
  });
} else {
  const request = requestFor(
    {
      recipient: 'user@example.org',
      domain: 'example.org',
      senders: { kind: 'template', template: 'p-{nonce}@sender.example' },
      helo: 'client.sender.example',
      port: asked.smtpPort,
    },
    { screen: true, tls: 'never', maxWaitSeconds: 240, timeoutSeconds: 10 },
  );
  const settings = {
    request,
    resolver: asked.resolver,
    perHost: 1,
    contact: 'probe@sender.example',
    optOut: null,
    outputs: [],
    senders: 'common',
    byWorkers: true,
  };
  const targets = readTargets(asked.recipients, { shown: 'list', postmaster: false });
  const result = await surveyTargets(settings, targets, {
    version: '1.2.3',
    stateDir: asked.stateDir,
    concurrency: 200,
    hostsPerSecond: asked.hostsPerSecond,
    redis,
    timing: asked.timing,
    signal: stop.signal,
    onNote,
    onRow: (row) => appendFileSync(asked.rows, `${JSON.stringify(row)}\n`),
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
