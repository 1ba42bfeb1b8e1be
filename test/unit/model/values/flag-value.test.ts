import { expect } from 'chai';
import { parseSenderPool } from '../../../../src/core/run/sender-pool.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { parseDuration } from '../../../../src/model/values/duration.js';
import { ofFlag } from '../../../../src/model/values/flag-value.js';

describe('the value of a flag', () => {
  const problem = (flag: string, read: () => unknown) => {
    try {
      return ofFlag(flag, read);
    } catch (error) {
      return error;
    }
  };

  it('is given as it was read', () => {
    expect(ofFlag('--delay', () => parseDuration('5m'))).to.equal(300);
  });

  it('is told with its flag when it is wrong, and else as before', () => {
    const error = problem('--max-wait', () => parseDuration('65'));
    expect(error).to.be.instanceOf(GreyprobeError);
    expect(error).to.include({
      code: 'bad-duration',
      exit: 2,
      message: '--max-wait: "65" has no unit: write 65s.',
    });
    expect(error).to.have.deep.property('suggestions', [
      'Durations are a number with a unit: 90s, 5m, 1h30m, 2d.',
    ]);
  });

  it('is not told with the flag twice', () => {
    expect(problem('--from', () => parseSenderPool('')))
      .to.have.property('message')
      .that.matches(/^--from is empty/u);
  });

  it('lets a fault through as it is', () => {
    const fault = new TypeError('no');
    expect(
      problem('--from', () => {
        throw fault;
      }),
    ).to.equal(fault);
  });
});
