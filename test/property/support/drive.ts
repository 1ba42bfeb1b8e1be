import { resumeRun, startRun } from '../../../src/core/run/engine.js';
import type { ProbeEvent } from '../../../src/core/run/events.js';
import type { ProbeRequest } from '../../../src/core/run/request.js';
import type { RunState } from '../../../src/core/run/state.js';
import type { MailHostBehaviour } from '../../../src/sandbox/mail-host-behaviour.js';
import { simulatedWorld } from '../../../src/sandbox/virtual/run-simulation.js';
import type { WorldCase } from './world-case.js';

/** More visits than any run needs: a run that does not end is a fault of its own. */
const MOST_VISITS = 200;

/** Runs a request in a world to its end, in one process or in as many as there are waits. */
export async function drive(
  request: ProbeRequest,
  behaviour: MailHostBehaviour,
  world: WorldCase,
): Promise<RunState> {
  const { clock, ports } = simulatedWorld(request.domain, behaviour, world);
  const { wallSet } = world;
  if (wallSet !== null) {
    clock.at(wallSet.atSeconds * 1000, () => clock.shiftWall(wallSet.byMs));
  }
  if (!world.resumed) return startRun('run', request, ports);
  const events: ProbeEvent[] = [];
  const options = { noWait: true, keep: (event: ProbeEvent) => void events.push(event) };
  let state = await startRun('run', request, ports, options);
  for (let visits = 1; state.finished === null; visits += 1) {
    if (visits > MOST_VISITS) throw new Error('the run does not end');
    const waitMs = (state.paused?.dueWallMs ?? 0) - clock.read().wallMs;
    clock.advance(Math.max(waitMs, 0) + 150);
    state = await resumeRun([...events], ports, options);
  }
  return state;
}

/** The virtual clock starts here, so that a server can be told when its trouble ends. */
export const START_MS = simulatedWorld('example.org', {}).clock.worldMs();
