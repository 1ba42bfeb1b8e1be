import { expect } from 'chai';
import { visitsHere } from '../../../../src/core/manners/visits-here.js';
import { beginRunFold, visitRun } from '../../../../src/core/run/engine.js';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import type { ProbePorts } from '../../../../src/core/run/ports.js';
import type { Claim, Visit } from '../../../../src/model/ports/visits.js';
import { acceptsAll } from '../../../../src/sandbox/behaviours.js';
import { createWorld } from '../../tasks/check/support/world.js';
import { request } from './support/virtual-run.js';

const ZONE = { 'example.org': [['mx.example.org', '192.0.2.1', acceptsAll()]] } as const;

/** A run whose claims get these answers, one after the other, and `go` from then on. */
async function visit(...answers: readonly ((nowMs: number) => Claim)[]) {
  const { ports, dialer, clock } = createWorld(ZONE);
  const asked: Visit[] = [];
  const here = visitsHere(dialer);
  const world: ProbePorts = {
    ...ports,
    visits: {
      ...here,
      claim: async (one) => {
        asked.push(one);
        const answer = answers[asked.length - 1];
        return answer === undefined ? { kind: 'go' } : answer(clock.read().monotonicMs);
      },
    },
  };
  const events: ProbeEvent[] = [];
  const options = { keep: (event: ProbeEvent) => void events.push(event) };
  const fold = beginRunFold('run', request(), world, options);
  const beganMs = clock.read().monotonicMs;
  const { state, dueMs } = await visitRun(fold, world, options);
  return {
    reason: state.finished?.reason ?? null,
    dueInMs: dueMs === null ? null : dueMs - beganMs,
    sessions: events.filter(({ type }) => type === 'session-started').length,
    asked,
  };
}

describe('the visits of a run', () => {
  it('are claimed before anything is said to have begun', async () => {
    const { asked, reason } = await visit();
    expect(reason).to.equal('answered');
    expect(asked[0]).to.deep.include({ run: 'run', session: 1, domain: 'example.org' });
    expect(asked[0]?.request).to.include({ address: '192.0.2.1', hostName: 'mx.example.org' });
  });

  it('wait where others were faster', async () => {
    const { dueInMs, sessions } = await visit((nowMs) => ({
      kind: 'later',
      untilMs: nowMs + 7000,
    }));
    expect(dueInMs).to.equal(7000);
    expect(sessions).to.equal(0);
  });

  it('take what rounding leaves of a wait for none', async () => {
    const { ports, dialer, clock } = createWorld(ZONE);
    clock.advance(30_589);
    const freeAtMs = clock.read().monotonicMs + 4e-12;
    const visits = { ...visitsHere(dialer), due: () => ({ rest: null, freeAtMs }) };
    const world = { ...ports, visits };
    const fold = beginRunFold('run', request(), world, {});
    expect((await visitRun(fold, world, {})).dueMs).to.equal(null);
  });

  it('are planned anew where they were missed', async () => {
    const { asked, reason } = await visit(() => ({ kind: 'missed' }));
    expect(reason).to.equal('answered');
    expect(asked.slice(0, 2).map(({ session }) => session)).to.deep.equal([1, 1]);
  });

  for (const kind of ['source-lost', 'refused', 'opted-out'] as const) {
    it(`end the run where they are ${kind}, with no connection`, async () => {
      const { reason, sessions } = await visit(() => ({ kind }));
      expect(reason).to.equal(kind);
      expect(sessions).to.equal(0);
    });
  }

  it('leave a host alone that asked somebody to stop', async () => {
    const rest = { who: '192.0.2.1', saidWallMs: 0, untilWallMs: 3_600_000 };
    const { reason, sessions } = await visit(() => ({ kind: 'rest', rest }));
    expect(reason).to.equal('throttled');
    expect(sessions).to.equal(0);
  });
});
