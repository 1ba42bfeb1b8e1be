import type { ProbePorts } from '../core/run/ports.js';
import { realPorts } from '../edges/real-ports.js';
import { usageError } from '../model/errors.js';
import { parseDuration } from '../model/values/duration.js';
import { ofFlag } from '../model/values/flag-value.js';
import { POSTGREY_LIKE } from '../sandbox/models/index.js';
import { OWN_SENDERS, startOwnHost } from './probe/own-host.js';
import { type BeginOptions, beginRun, outcomeOf, type ProbeOutcome } from './probe/run-probe.js';

const LONGEST_DELAY_SECONDS = 20;
const MAX_WAIT_SECONDS = 25;

export interface DemoOptions extends Omit<BeginOptions, 'runsFolder'> {
  /** Told when the mail host runs, with the words of the command that would probe it. */
  readonly onStart: (command: readonly string[]) => void;
}

/** Starts a mail host that greylists for `delay`, probes it, and stops it. Throws `bad-delay`. */
export async function runDemo(
  delay: string,
  { onStart, ...options }: DemoOptions,
): Promise<ProbeOutcome> {
  const delaySeconds = ofFlag('--delay', () => parseDuration(delay));
  if (delaySeconds < 1 || delaySeconds > LONGEST_DELAY_SECONDS) {
    throw usageError('bad-delay', `A delay of ${delay} does not suit a demo.`, 'Give 1s to 20s.');
  }
  const host = await startOwnHost({ ...POSTGREY_LIKE, delaySeconds });
  try {
    const { resolver } = host;
    const request = host.requestWith({
      timeoutSeconds: 10,
      maxWaitSeconds: MAX_WAIT_SECONDS,
      resolutionSeconds: 2,
    });
    const words = ['greyprobe', 'probe', request.recipient, '--from', OWN_SENDERS];
    words.push('--resolver', resolver, '--port', String(request.port));
    onStart([...words, '--max-wait', `${MAX_WAIT_SECONDS}s`]);
    const ports = quietPorts(realPorts(resolver));
    return outcomeOf(await beginRun(request, ports, { ...options, runsFolder: null }));
  } finally {
    await host.close();
  }
}

/** The real ports, without the warnings that a mail host on loopback earns. */
function quietPorts(ports: ProbePorts): ProbePorts {
  return {
    ...ports,
    locate: async (request, signal) => ({ ...(await ports.locate(request, signal)), warnings: [] }),
  };
}
