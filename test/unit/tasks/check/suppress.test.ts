import { expect } from 'chai';
import { type Judgement, outcomeOfJudgements } from '../../../../src/contract/check-result.js';
import { failed, notJudged, passed } from '../../../../src/tasks/check/judgement.js';
import { parseDay, suppress } from '../../../../src/tasks/check/suppress.js';

const SUBJECT = { expectation: 'verdict', expected: 'accepted' };
const FAILED = failed(SUBJECT, 'rejected');
const UNKNOWN = notJudged(SUBJECT, 'unreachable', 'no host');
const PASSED = passed(SUBJECT, 'accepted');
const KNOWN = { until: '2026-12-31', reason: 'they move' };

describe('a target that is known to be bad', () => {
  const on = (day: string, ...judgements: Judgement[]) =>
    suppress(judgements, KNOWN, Date.parse(day));

  it('fails nothing until the end of the day, and says why', () => {
    const [bad, unknown, good] = on('2026-12-31T23:59:59Z', FAILED, UNKNOWN, PASSED);
    expect(bad).to.deep.include({
      outcome: 'not-judged',
      reason: 'suppressed',
      found: 'rejected (suppressed until 2026-12-31: they move)',
    });
    expect(unknown).to.include({ outcome: 'not-judged', reason: 'suppressed' });
    expect(good).to.deep.equal(PASSED);
  });

  it('counts again from the day after', () => {
    expect(on('2027-01-01T00:00:00Z', FAILED, UNKNOWN)).to.deep.equal([FAILED, UNKNOWN]);
  });

  it('has passed where nothing else is amiss', () => {
    const now = '2026-12-01';
    expect(outcomeOfJudgements(on(now, FAILED, PASSED))).to.equal('passed');
    expect(outcomeOfJudgements(on(now, FAILED))).to.equal('passed');
    expect(outcomeOfJudgements([...on(now, FAILED), UNKNOWN])).to.equal('not-judged');
    expect(outcomeOfJudgements([])).to.equal('not-judged');
  });
});

describe('parseDay', () => {
  it('takes days that there are', () => {
    expect(parseDay('2028-02-29')).to.equal('2028-02-29');
    for (const text of ['', '31.12.2026', '2026-02-30', '2026-13-01', '2026-12-31T00:00Z']) {
      expect(() => parseDay(text), text).to.throw(/is not a day/u);
    }
  });
});
