import { expect } from 'chai';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { modelById } from '../../../../src/sandbox/models/index.js';
import {
  runSimulation,
  SIMULATED_ADDRESS,
} from '../../../../src/sandbox/virtual/run-simulation.js';
import { stageThatShows } from '../../../../src/tasks/simulate-server.js';
import { request } from '../../core/run/support/virtual-run.js';

const server = () => greylists({ ...PLAIN_POLICY, delaySeconds: 60 });

describe('a simulated run', () => {
  it('drives the real engine to its end, and tells how long it would have taken', async () => {
    const run = await runSimulation(request(), server());
    expect(run.state.finished?.reason).to.equal('answered');
    expect(run.state.pinned).to.deep.include({
      name: 'mx.example.org',
      address: SIMULATED_ADDRESS,
    });
    expect(run.seconds).to.be.within(59, 90);
    expect(run.connections).to.equal(run.state.sessions.length);
  });

  it('repeats itself for a seed', async () => {
    const [one, same, other] = [
      await runSimulation(request(), server(), { seed: 5 }),
      await runSimulation(request(), server(), { seed: 5 }),
      await runSimulation(request(), server(), { seed: 6 }),
    ];
    expect(one.state.attempts).to.deep.equal(same.state.attempts);
    expect(one.state.attempts).to.not.deep.equal(other.state.attempts);
  });

  it('measures ages by its own clock, however wrong the clock of the host is', async () => {
    const settings = { latencyMs: { low: 0, high: 0 } };
    const right = await runSimulation(request(), server(), settings);
    const wrong = await runSimulation(request(), server(), {
      ...settings,
      clockOffsetMs: 86_400_000,
    });
    expect(wrong.seconds).to.equal(right.seconds);
  });
});

describe('the stage of a probe', () => {
  it('is RCPT, unless the greylister answers later', () => {
    expect(stageThatShows(modelById('postgrey').policy)).to.equal('rcpt');
    expect(stageThatShows({ stage: 'connect' })).to.equal('rcpt');
    expect(stageThatShows({ stage: 'mail' })).to.equal('rcpt');
    expect(stageThatShows(modelById('openbsd-spamd').policy)).to.equal('data');
    expect(stageThatShows(modelById('rspamd').policy)).to.equal('message');
  });
});
