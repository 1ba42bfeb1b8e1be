import { expect } from 'chai';
import fc from 'fast-check';
import {
  DOCTOR_CHECKS,
  DOCTOR_OUTCOMES,
  type DoctorCheck,
  type DoctorResult,
} from '../../../../src/contract/doctor-result.js';
import { renderDoctor } from '../../../../src/report/text/doctor-text.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { expectToFit } from '../support/fits.js';

function result(...checks: DoctorCheck[]): DoctorResult {
  return {
    schema: 'greyprobe.doctor-result.v1',
    version: '1.2.3',
    environment: { node: '20.19.0', platform: 'linux', arch: 'x64' },
    outcome: 'ok',
    checks,
  };
}

const check = (outcome: DoctorCheck['outcome'], ...next: string[]): DoctorCheck => ({
  check: 'helo',
  about: null,
  outcome,
  found: 'Something was found.',
  next,
});

const heading = (...checks: DoctorCheck[]) => renderDoctor(result(...checks), PLAIN).split('\n')[0];

describe('renderDoctor', () => {
  it('begins with what it all comes to', () => {
    expect(heading(check('ok'))).to.equal('greyprobe can measure greylisting from here.');
    expect(heading(check('ok'), check('warning'), check('skipped'))).to.equal(
      'greyprobe can measure greylisting from here: 1 warning, 1 skipped.',
    );
    expect(heading(check('failed'))).to.equal(
      'Mend this before measuring greylisting from here: 1 check failed.',
    );
    expect(heading(check('failed'), check('failed'), check('warning'), check('warning'))).to.equal(
      'Mend this before measuring greylisting from here: 2 checks failed, 2 warnings.',
    );
  });

  it('shows each check with what to do next', () => {
    expect(renderDoctor(result(check('warning', 'Do this.', 'Or that.')), PLAIN)).to.equal(
      [
        'greyprobe can measure greylisting from here: 1 warning.',
        '',
        'warning  HELO name     Something was found.',
        '                       > Do this.',
        '                       > Or that.',
      ].join('\n'),
    );
  });

  it('puts what was found below the name of the check in few columns', () => {
    const checks = result(check('warning', 'Do this, which takes more than a line.'));
    expect(
      renderDoctor(checks, { ...PLAIN, columns: 40 })
        .split('\n')
        .slice(3),
    ).to.deep.equal([
      'warning  HELO name',
      '        Something was found.',
      '        > Do this, which takes more than',
      '          a line.',
    ]);
  });

  it('stays within its columns and shows control characters escaped, whatever was found', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 300 });
    const anyCheck: fc.Arbitrary<DoctorCheck> = fc.record({
      check: fc.constantFrom(...DOCTOR_CHECKS),
      about: fc.option(hostile),
      outcome: fc.constantFrom(...DOCTOR_OUTCOMES),
      found: hostile,
      next: fc.array(hostile, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(anyCheck, { maxLength: 4 }), (checks) => {
        expectToFit((style) => renderDoctor(result(...checks), style));
      }),
      { numRuns: 50 },
    );
  });
});
