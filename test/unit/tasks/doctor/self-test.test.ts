import { expect } from 'chai';
import { realPorts } from '../../../../src/edges/real-ports.js';
import {
  diagnoseSelfTest,
  measureOwnHost,
  type SelfMeasurement,
} from '../../../../src/tasks/doctor/self-test.js';

// That it measures what is there is seen in the test of the command, since it takes three seconds.
describe('measureOwnHost', () => {
  it('ends soon when it is interrupted', async () => {
    const controller = new AbortController();
    const began = performance.now();
    const measuring = measureOwnHost(realPorts, controller.signal);
    setTimeout(() => controller.abort(), 100);
    const [ended] = await Promise.allSettled([measuring]);

    expect(performance.now() - began).to.be.below(1500);
    if (ended.status === 'fulfilled')
      expect(diagnoseSelfTest(ended.value).outcome).to.equal('failed');
    else expect(controller.signal.reason).to.equal(ended.reason);
  });

  it('reports a host that is not measured as failed', async () => {
    const measurement = await measureOwnHost((resolver) => {
      const ports = realPorts(resolver);
      // As where a firewall keeps programs from connecting to loopback.
      return {
        ...ports,
        dialer: {
          dial: async () => {
            const at = ports.clock.read();
            const failure = { code: 'connection-refused', message: 'Refused.' } as const;
            const end = { stage: 'connect', reply: null, failure, sent: at, replied: at } as const;
            return { session: null, end };
          },
        },
      };
    }, new AbortController().signal);

    expect(diagnoseSelfTest(measurement).outcome).to.equal('failed');
  });
});

type Measured = Extract<SelfMeasurement, { kind: 'measured' }>;

function measured(
  afterSeconds: number | null,
  bySeconds: number | null,
  kind: 'greylisted' | 'unreachable' = 'greylisted',
): Measured {
  return {
    kind: 'measured',
    delaySeconds: 1,
    tookSeconds: 2,
    result: {
      verdict: {
        kind,
        confidence: 'confirmed',
        summary: 'What was seen.',
        evidence: [],
        class: null,
        implementation: null,
      },
      window: {
        opens: { afterSeconds, bySeconds },
        closes: { afterSeconds: null, bySeconds: null },
      },
    },
  };
}

describe('diagnoseSelfTest', () => {
  it('is content when the bracket holds the truth', () => {
    expect(diagnoseSelfTest(measured(0.5, 1.5)).outcome).to.equal('ok');
    expect(diagnoseSelfTest(measured(null, 1.5)).outcome).to.equal('ok');
  });

  it('fails when it does not, on either side', () => {
    expect(diagnoseSelfTest(measured(1.2, 2)).outcome).to.equal('failed');
    expect(diagnoseSelfTest(measured(0.2, 0.8)).outcome).to.equal('failed');
  });

  it('fails when nothing was measured, and says what was seen', () => {
    for (const measurement of [measured(0.5, null), measured(null, 1.5, 'unreachable')]) {
      const diagnosis = diagnoseSelfTest(measurement);
      expect(diagnosis.outcome).to.equal('failed');
      expect(diagnosis.found).to.contain('What was seen.');
    }
  });

  it('fails when the test host does not start', () => {
    const diagnosis = diagnoseSelfTest({ kind: 'not-started', reason: 'No port is free.' });
    expect(diagnosis.outcome).to.equal('failed');
    expect(diagnosis.found).to.contain('No port is free.');
  });
});
