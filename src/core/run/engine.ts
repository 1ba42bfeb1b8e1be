import { usageError } from '../../model/errors.js';
import type { Warning } from '../../model/mail-host.js';
import { RunDriver, type Visited } from './driver.js';
import type { ProbeEvent, RunPaused } from './events.js';
import type { ProbeOptions, ProbePorts } from './ports.js';
import type { ProbeRequest } from './request.js';
import { Stamps } from './stamps.js';
import { RunFold, type RunState } from './state.js';
/**
 * Begins a run and drives it until it finishes or pauses. Throws `deliver-not-given` where the
 * request would send messages and `deliver` does not say so as well.
 */
export async function startRun(
  run: string,
  request: ProbeRequest,
  ports: ProbePorts,
  options: ProbeOptions = {},
): Promise<RunState> {
  refuseUnaskedDelivery(request);
  const driver = driverAfter(new RunFold(), ports, options);
  driver.emit({ type: 'run-started', at: driver.stamp(), run, ...bootOf(ports), request });
  return driver.drive();
}

/** Takes up a run from its events and drives it on. A finished run is returned as it is. */
export async function resumeRun(
  events: Iterable<ProbeEvent>,
  ports: ProbePorts,
  options: ProbeOptions & { readonly warnings?: readonly Warning[] } = {},
): Promise<RunState> {
  const fold = new RunFold();
  for (const event of events) fold.apply(event);
  const { state } = fold;
  if (state === null) throw new RangeError('a run without events cannot be resumed');
  if (state.finished !== null) return state;
  refuseUnaskedDelivery(state.request);
  const driver = driverAfter(fold, ports, options);
  const warnings = options.warnings ?? [];
  driver.emit({ type: 'run-resumed', at: driver.stamp(), ...bootOf(ports), warnings });
  return driver.drive();
}

/**
 * Does what is due in a run, of which nothing else has to be held meanwhile but its fold, and says when
 * to come again: for those who drive many runs. An interrupted visit leaves the run as a kill would,
 * after QUIT.
 */
export async function visitRun(
  fold: RunFold,
  ports: ProbePorts,
  options: ProbeOptions = {},
): Promise<Visited> {
  const { state } = fold;
  if (state !== null && state.finished !== null) return { state, dueMs: null };
  return driverOf(fold, ports, options).visit();
}

/** Begins a run for `visitRun`, which makes its first visit. */
export function beginRunFold(
  run: string,
  request: ProbeRequest,
  ports: ProbePorts,
  options: ProbeOptions,
): RunFold {
  refuseUnaskedDelivery(request);
  const fold = new RunFold();
  const driver = driverAfter(fold, ports, options);
  driver.emit({ type: 'run-started', at: driver.stamp(), run, ...bootOf(ports), request });
  return fold;
}

/** Goes on with a run of another process, for `visitRun`. */
export function resumeRunFold(
  fold: RunFold,
  ports: ProbePorts,
  options: ProbeOptions & { readonly warnings?: readonly Warning[] },
): RunFold {
  const driver = driverAfter(fold, ports, options);
  const { warnings = [] } = options;
  driver.emit({ type: 'run-resumed', at: driver.stamp(), ...bootOf(ports), warnings });
  return fold;
}

/** Leaves a run that was visited to a later process, and says so in it. */
export function pauseRunFold(
  fold: RunFold,
  ports: ProbePorts,
  options: ProbeOptions,
  reason: RunPaused['reason'],
): Promise<RunState> {
  return driverOf(fold, ports, options).pause(reason);
}

/** Ends a run that nobody goes on with. */
export async function endRunFold(
  fold: RunFold,
  ports: ProbePorts,
  options: ProbeOptions,
): Promise<RunState> {
  return driverOf(fold, ports, options).finish('waited-long-enough');
}

/** Begins the run, or goes on with one of another process. */
function driverAfter(fold: RunFold, ports: ProbePorts, options: ProbeOptions): RunDriver {
  return new RunDriver(ports, options, fold, Stamps.after(ports.clock, fold.state));
}

/** Takes over from another driver of this process. */
function driverOf(fold: RunFold, ports: ProbePorts, options: ProbeOptions): RunDriver {
  const { state } = fold;
  if (state === null) throw new RangeError('a run without events cannot be gone on with');
  return new RunDriver(ports, options, fold, Stamps.goingOn(ports.clock, state));
}

function bootOf({ clock: { boot = null } }: ProbePorts): { readonly boot?: string } {
  return boot === null ? {} : { boot };
}

/** Real messages are sent only where they were asked for twice, by the stage and by `deliver`. */
function refuseUnaskedDelivery({ stage, deliver }: ProbeRequest): void {
  if (stage !== 'message' || deliver) return;
  throw usageError(
    'deliver-not-given',
    'The stage "message" sends real messages, and deliver was not given.',
    'Give it if the recipient may get them, or use the stage "data".',
  );
}
