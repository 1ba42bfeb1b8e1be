import { expect } from 'chai';
import {
  judgeSelfTest,
  type SelfMeasurement,
} from '../../../../src/tasks/doctor/judge-self-test.js';

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

describe('judgeSelfTest', () => {
  it('is content when the bracket holds the truth', () => {
    expect(judgeSelfTest(measured(0.5, 1.5)).outcome).to.equal('ok');
    expect(judgeSelfTest(measured(null, 1.5)).outcome).to.equal('ok');
  });

  it('fails when it does not, on either side', () => {
    expect(judgeSelfTest(measured(1.2, 2)).outcome).to.equal('failed');
    expect(judgeSelfTest(measured(0.2, 0.8)).outcome).to.equal('failed');
  });

  it('fails when nothing was measured, and says what was seen', () => {
    for (const measurement of [measured(0.5, null), measured(null, 1.5, 'unreachable')]) {
      const finding = judgeSelfTest(measurement);
      expect(finding.outcome).to.equal('failed');
      expect(finding.found).to.contain('What was seen.');
    }
  });

  it('fails when the test host does not start', () => {
    const finding = judgeSelfTest({ kind: 'not-started', reason: 'No port is free.' });
    expect(finding.outcome).to.equal('failed');
    expect(finding.found).to.contain('No port is free.');
  });
});
