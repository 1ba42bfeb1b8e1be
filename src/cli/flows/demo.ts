import { buildResult } from '../../contract/build-result.js';
import { exitCodeOf } from '../../contract/exit-code.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import { type ProbePorts, startRun } from '../../core/run/engine.js';
import { type ProbeRequest, requestFor } from '../../core/run/request.js';
import { newRunId } from '../../edges/journal/run-id.js';
import { realPorts } from '../../edges/real-ports.js';
import { systemClock } from '../../edges/system/clock.js';
import { systemRandom } from '../../edges/system/random.js';
import { usageError } from '../../model/errors.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { parseDuration } from '../../model/values/duration.js';
import { ofFlag } from '../../model/values/flag-value.js';
import { commandLines } from '../../report/text/sandbox-text.js';
import { renderText } from '../../report/text/text.js';
import { wrapText } from '../../report/text/wrap.js';
import { POSTGREY_LIKE } from '../../sandbox/models/index.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import { startSandbox } from '../../sandbox/start.js';
import { terminalStyle } from '../terminal/terminal-style.js';
import { watched } from '../terminal/watched.js';

const DOMAIN = 'grey.example';
const FROM = '{nonce}@sender.example';
const LONGEST_DELAY_SECONDS = 20;

/** Where a demo says what it does. */
export interface DemoContext {
  readonly json: boolean;
  readonly version: string;
  readonly say: (line: string) => void;
}

/** The result of the demo, and its text for people. */
export interface DemoOutcome {
  readonly result: ProbeResult;
  readonly text: () => string;
  readonly exit: ExitCode;
}

/** Starts the sandbox, probes it, and stops it. */
export async function runDemo(delay: string, context: DemoContext): Promise<DemoOutcome> {
  const delaySeconds = ofFlag('--delay', () => parseDuration(delay));
  if (delaySeconds < 1 || delaySeconds > LONGEST_DELAY_SECONDS) {
    throw usageError('bad-delay', `A delay of ${delay} does not suit a demo.`, 'Give 1s to 20s.');
  }
  const sandbox = await startSandbox({
    policy: { ...POSTGREY_LIKE, delaySeconds },
    domain: DOMAIN,
    address: '127.0.0.1',
    smtpPort: 0,
    dnsPort: 0,
  });
  try {
    return await probeSandbox(sandbox, delay, context);
  } finally {
    await sandbox.close();
  }
}

async function probeSandbox(
  sandbox: Sandbox,
  delay: string,
  context: DemoContext,
): Promise<DemoOutcome> {
  const resolver = `${sandbox.address}:${sandbox.dnsPort}`;
  const request = demoRequest(sandbox.smtpPort);
  const says = `A mail host that greylists for ${delay} runs on this machine. Probing it with:`;
  const { columns } = terminalStyle;
  const words = ['greyprobe', 'probe', request.recipient, '--from', FROM, '--resolver', resolver];
  const command = [...words, '--port', String(sandbox.smtpPort), '--max-wait', '25s'];
  for (const line of [...wrapText(says, columns), '', ...commandLines(command, columns), '']) {
    context.say(line);
  }
  const run = newRunId(systemClock.read().wallMs, systemRandom);
  const state = await watched(!context.json, (signal, watcher) =>
    startRun(run, request, quietPorts(resolver), { ...watcher, signal }),
  );
  const result = buildResult(state, context.version);
  return { result, text: () => renderText(result, terminalStyle), exit: exitCodeOf(result) };
}

/** The real ports, without the warnings that a mail host on loopback earns. */
function quietPorts(resolver: string): ProbePorts {
  const ports = realPorts(resolver);
  return {
    ...ports,
    locate: async (request, signal) => ({
      ...(await ports.locate(request, signal)),
      warnings: [],
    }),
  };
}

function demoRequest(port: number): ProbeRequest {
  return requestFor(
    {
      recipient: `user@${DOMAIN}`,
      domain: DOMAIN,
      senders: { kind: 'template', template: FROM },
      helo: 'client.sender.example',
      port,
    },
    { timeoutSeconds: 10, maxWaitSeconds: 25, resolutionSeconds: 2 },
  );
}
