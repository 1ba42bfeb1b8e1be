import type { ExitCode } from '../exit-codes.js';
import { EXIT } from '../exit-codes.js';
import { systemRunsFolder } from '../journal/state-folder.js';
import { type AllHosts, probeAllHosts } from '../probe/all-hosts.js';
import type { ProbeRequest } from '../probe/request.js';
import { createSharedDialer } from '../probe/shared-dialer.js';
import { buildHostsResult } from '../result/build-hosts-result.js';
import { exitCodeOf } from '../result/exit-code.js';
import type { HostsResult } from '../result/hosts-result.js';
import { startKept } from '../runs/drive-kept.js';
import { beginKeptRun } from '../runs/kept-run.js';
import { systemClock } from '../system/clock.js';
import { systemRandom } from '../system/random.js';
import { withInterruption } from './interruption.js';
import type { Output } from './output-flags.js';
import type { CommandContext, ProbeCommandFlags } from './probe-command.js';
import { realPorts } from './probe-ports.js';
import { createProgress } from './progress.js';
import { showTranscript } from './show-transcript.js';
import { writeOutputs } from './write-outputs.js';

/** `greyprobe probe --all-hosts`: every mail host of the domain, then whether they share state. */
export async function probeAllFromCommandLine(
  request: ProbeRequest,
  flags: ProbeCommandFlags,
  outputs: readonly Output[],
  context: CommandContext,
): Promise<{ readonly result: HostsResult; readonly exit: ExitCode }> {
  const measured = await measure(request, flags, context);
  if (measured.kind !== 'hosts') throw measured.located.error;
  const result = buildHostsResult(request, measured, context.version);
  const formatExit = await writeOutputs(outputs, { kind: 'hosts', result }, context.writeOut);
  return { result, exit: formatExit ?? exitOf(result) };
}

/** All hosts at the same time, each kept as a run of its own. */
async function measure(
  request: ProbeRequest,
  flags: ProbeCommandFlags,
  context: CommandContext,
): Promise<AllHosts> {
  const real = realPorts(flags.resolver ?? null, flags.verbose ? showTranscript : undefined);
  const pauseSeconds = request.manners.secondsBetweenConnections;
  // Two names can be one address: manners hold for that, whichever run connects.
  const ports = { ...real, dialer: createSharedDialer(real.dialer, real.clock, pauseSeconds) };
  const folder = systemRunsFolder(flags['state-dir'] ?? null);
  const progress = await createProgress(!context.json && !flags.verbose);
  try {
    const { value } = await withInterruption((signal) =>
      probeAllHosts(
        request,
        ports,
        async (one, hostPorts) => {
          const kept = beginKeptRun(folder, {
            version: context.version,
            nowWallMs: systemClock.read().wallMs,
            random: systemRandom,
          });
          const driven = await startKept(kept, one, hostPorts, {
            version: context.version,
            signal,
            onEvent: (event, state) => progress.onEvent(event, state),
            onWait: (planned, due, state) => progress.onWait(planned, due, state),
          });
          if (driven.failure !== null) throw driven.failure;
          return driven.state;
        },
        signal,
      ),
    );
    return value;
  } finally {
    progress.stop();
  }
}

/** Ok when every host that answered was judged; else what the first other one stands for. */
function exitOf(result: HostsResult): ExitCode {
  const codes = result.hosts.map(exitCodeOf);
  const reached = codes.filter((code) => code !== EXIT.unreachable);
  if (reached.length === 0) return EXIT.unreachable;
  return reached.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}
