/*
 * How punctual retries are: the planned against the actual start of each connection, in a run of
 * the real engine with real sockets against the sandbox.
 */

import { startRun } from '../src/core/run/engine.js';
import { requestFor } from '../src/core/run/request.js';
import { realPorts } from '../src/edges/real-ports.js';
import { POSTGREY_LIKE } from '../src/sandbox/models/index.js';
import { startSandbox } from '../src/sandbox/start.js';
import { median } from './support/median.js';

const BAR_MS = 50;
const DELAY_SECONDS = 16;
const AGES_SECONDS = [2, 3.5, 5, 6.5, 8, 9.5, 11, 12.5, 14, 15.5, 17];

const sandbox = await startSandbox({
  policy: { ...POSTGREY_LIKE, delaySeconds: DELAY_SECONDS },
  domain: 'grey.example',
  address: '127.0.0.1',
  smtpPort: 0,
  dnsPort: 0,
});
try {
  const state = await startRun(
    'bench',
    requestFor(
      {
        recipient: 'user@grey.example',
        domain: 'grey.example',
        senders: { kind: 'template', template: '{nonce}@sender.example' },
        helo: 'client.sender.example',
        port: sandbox.smtpPort,
      },
      { tls: 'never', timeoutSeconds: 10, retryAtSeconds: AGES_SECONDS, maxWaitSeconds: 30 },
    ),
    realPorts(`${sandbox.address}:${sandbox.dnsPort}`),
  );
  const lateMs = state.sessions.flatMap(({ dueMonotonicMs, started }) =>
    dueMonotonicMs === null ? [] : [started.monotonicMs - dueMonotonicMs],
  );
  const worst = Math.max(...lateMs);
  process.stdout.write(
    `retries, ${lateMs.length} planned: late by ${median(lateMs).toFixed(1)} ms (median), ` +
      `${worst.toFixed(1)} ms (worst), bar ${BAR_MS} ms ${worst <= BAR_MS ? 'holds' : 'DOES NOT HOLD'}\n`,
  );
  if (worst > BAR_MS) process.exitCode = 1;
} finally {
  await sandbox.close();
}
