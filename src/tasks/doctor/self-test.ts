import { buildResult } from '../../contract/build-result.js';
import { type ProbePorts, startRun } from '../../core/run/engine.js';
import { DEFAULT_MANNERS, type ProbeRequest, requestFor } from '../../core/run/request.js';
import { GreyprobeError } from '../../model/errors.js';
import { PLAIN } from '../../sandbox/policies.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import { startSandbox } from '../../sandbox/start.js';
import type { SelfMeasurement } from './judge-self-test.js';

const DOMAIN = 'grey.example';
const DELAY_SECONDS = 1;
/** One retry too early, one late enough, one more for a machine that is slow today. */
const RETRY_AT_SECONDS = [0.5, 1.5, 2.5];
/** The host is our own and empty: no need to spare it. */
const SECONDS_BETWEEN_CONNECTIONS = 0.1;

/**
 * Starts a greylisting mail host and a DNS server on free loopback ports, measures them with the
 * engine, and stops them. `portsFor` gives the ports of a probe that asks the DNS server given as
 * `ip:port`. That it cannot be started is part of the result.
 */
export async function measureOwnHost(
  portsFor: (resolver: string) => ProbePorts,
  signal: AbortSignal,
): Promise<SelfMeasurement> {
  let sandbox: Sandbox | null = null;
  try {
    sandbox = await startSandbox({
      policy: { ...PLAIN, delaySeconds: DELAY_SECONDS, clockGranularitySeconds: 0 },
      domain: DOMAIN,
      address: '127.0.0.1',
      smtpPort: 0,
      dnsPort: 0,
    });
    const ports = portsFor(`${sandbox.address}:${sandbox.dnsPort}`);
    const began = ports.clock.read().monotonicMs;
    const state = await startRun('self-test', ownRequest(sandbox.smtpPort), ports, { signal });
    return {
      kind: 'measured',
      delaySeconds: DELAY_SECONDS,
      tookSeconds: (ports.clock.read().monotonicMs - began) / 1000,
      result: buildResult(state, 'self-test'),
    };
  } catch (error) {
    if (sandbox !== null || !(error instanceof GreyprobeError)) throw error;
    return { kind: 'not-started', reason: error.message };
  } finally {
    await sandbox?.close();
  }
}

function ownRequest(port: number): ProbeRequest {
  return requestFor(
    {
      recipient: `user@${DOMAIN}`,
      domain: DOMAIN,
      senders: { kind: 'template', template: '{nonce}@sender.example' },
      helo: 'client.sender.example',
      port,
    },
    {
      tls: 'never',
      timeoutSeconds: 5,
      retryAtSeconds: RETRY_AT_SECONDS,
      maxWaitSeconds: RETRY_AT_SECONDS.at(-1) ?? 0,
      resolutionSeconds: 2,
      manners: { ...DEFAULT_MANNERS, secondsBetweenConnections: SECONDS_BETWEEN_CONNECTIONS },
    },
  );
}
