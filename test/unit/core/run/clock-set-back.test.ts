import { expect } from 'chai';
import { buildResult } from '../../../../src/contract/build-result.js';
import type { ProbeResult } from '../../../../src/contract/probe-result.js';
import { clockWentBackWarnings } from '../../../../src/core/evidence/clock-jumps.js';
import { resumeRun, startRun } from '../../../../src/core/run/engine.js';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import type { ProbePorts } from '../../../../src/core/run/ports.js';
import type { RunState } from '../../../../src/core/run/state.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { simulatedWorld } from '../../../../src/sandbox/virtual/run-simulation.js';
import { ONE_SENDER, request } from './support/virtual-run.js';

const DELAY_SECONDS = 8;
const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;

interface Resumed {
  readonly state: RunState;
  readonly result: ProbeResult;
  readonly connections: number;
  readonly processes: number;
}

/**
 * Plants, sets the wall clock at each restart by so much, and resumes until the run ends. `boots` names
 * the boot of each process; null where the machine does not tell.
 */
async function resumed(
  shiftsMs: readonly number[],
  bootOf: (process: number) => string | null,
  senders = request().senders,
): Promise<Resumed> {
  const behaviour = greylists({ ...PLAIN_POLICY, delaySeconds: DELAY_SECONDS });
  const { clock, ports } = simulatedWorld('example.org', behaviour);
  const portsOf = (process: number): ProbePorts => ({
    ...ports,
    clock: { ...clock, boot: bootOf(process) },
  });
  const events: ProbeEvent[] = [];
  const options = { noWait: true, keep: (event: ProbeEvent) => void events.push(event) };
  let state = await startRun('run', request({ senders }), portsOf(0), options);
  let processes = 1;
  while (state.finished === null && processes < 60) {
    clock.advance(9000);
    clock.shiftWall(shiftsMs[processes - 1] ?? 0);
    state = await resumeRun([...events], portsOf(processes), options);
    processes += 1;
  }
  return { state, result: buildResult(state, '0'), connections: state.sessions.length, processes };
}

describe('a wall clock set back between two processes', () => {
  for (const [what, ms] of [
    ['2 minutes', -2 * MINUTE_MS],
    ['an hour', -60 * MINUTE_MS],
    ['years', -10 * YEAR_MS],
  ] as const) {
    for (const [who, senders] of [
      ['fresh senders', undefined],
      ['one sender', ONE_SENDER],
    ] as const) {
      it(`by ${what}: no window rests on it, and the run ends, with ${who}`, async () => {
        const { state, result, connections } = await resumed([ms], () => null, senders);
        expect(state.finished).to.not.equal(null);
        expect(connections).to.be.below(30);
        expect(JSON.stringify(result)).to.not.contain('less than');
        const by = result.window?.opens.bySeconds ?? null;
        if (by !== null) expect(by).to.be.at.least(DELAY_SECONDS);
        expect(result.window?.opens.afterSeconds ?? 0).to.be.at.most(DELAY_SECONDS);
      });

      it(`by ${what}: the clock of the boot tells, with ${who}`, async () => {
        const { result, connections } = await resumed([ms], () => 'one boot', senders);
        expect(result.verdict.kind).to.equal('greylisted');
        expect(result.window?.opens.bySeconds).to.be.within(DELAY_SECONDS, 30);
        expect(result.window?.opens.afterSeconds ?? 0).to.be.at.most(DELAY_SECONDS);
        expect(connections).to.be.below(30);
      });
    }
  }

  it('and put right later: what it showed then is not believed either', async () => {
    const hour = 60 * MINUTE_MS;
    const { result, state } = await resumed([-hour, hour], () => null);
    const by = result.window?.opens.bySeconds ?? null;
    if (by !== null) expect(by).to.be.at.least(DELAY_SECONDS);
    expect(state.finished).to.not.equal(null);
  });

  it('by a boot with a wrong clock: each boot has a clock of its own', async () => {
    const { result } = await resumed([-60 * MINUTE_MS], (process) => `boot ${process}`);
    const by = result.window?.opens.bySeconds ?? null;
    if (by !== null) expect(by).to.be.at.least(DELAY_SECONDS);
  });

  it('is told of, with what it means', async () => {
    const { state } = await resumed([], () => 'one boot');
    const warning = (boot: string | null) =>
      clockWentBackWarnings(state, state.lastAt.wallMs - 60_000, boot)[0]?.message;
    expect(warning('one boot')).to.contain('since the machine was started');
    expect(warning(null)).to.contain('is not known');
    expect(warning('another')).to.contain('is not known');
  });
});
