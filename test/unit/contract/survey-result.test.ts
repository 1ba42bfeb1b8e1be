import { expect } from 'chai';
import { SurveyTally } from '../../../src/contract/survey-result.js';
import { NOTHING_FOUND, type SurveyRow } from '../../../src/contract/survey-row.js';
import { sendersNamed } from '../../../src/core/advice/senders.js';

/** Nine hosts open between 290 and 300 s, one between 600 and 4000 s. */
const ROWS: readonly SurveyRow[] = Array.from({ length: 10 }, (_, n) => ({
  ...NOTHING_FOUND,
  schema: 'greyprobe.survey-row.v1',
  recipient: `user@d${n}.example`,
  domain: `d${n}.example`,
  label: null,
  host: `mx.d${n}.example`,
  address: `192.0.2.${n}`,
  operator: 'operator.example',
  verdict: 'greylisted',
  confidence: 'confirmed',
  opensAfterSeconds: n === 9 ? 600 : 290,
  opensBySeconds: n === 9 ? 4000 : 300,
  connections: 5,
  run: `run${n}`,
}));

function summaryFor(senders: string, rows = ROWS) {
  const tally = new SurveyTally();
  for (const row of rows) tally.add(row);
  return tally.result(sendersNamed(senders));
}

describe('the summary of a survey', () => {
  it('finds the first retry that serves nine of ten, with its price', () => {
    const { best, firstRetry, measured, connections } = summaryFor('postfix');
    expect([measured, connections]).to.deep.equal([10, 50]);
    expect(firstRetry).to.deep.equal([
      { seconds: 310, atLeast: 9, atMost: 9, meanExtraSeconds: 10 },
      { seconds: 4010, atLeast: 10, atMost: 10, meanExtraSeconds: 3340 },
    ]);
    expect(best).to.deep.equal({
      seconds: 310,
      says: 'A first retry after 310 s gets the mail to 9 of 10 destinations at once; it waits 10 s longer there than it must, on average.',
    });
  });

  it('says what the brackets do not decide', () => {
    const [postfix] = summaryFor('postfix').senders;
    // Postfix tries again after 5 to 10 min, then after 10 to 15 more: the last host may be open by then.
    expect(postfix?.within).to.deep.include({ seconds: 3600, atLeast: 9, atMost: 10 });
    expect(postfix?.never).to.deep.equal({ atLeast: 0, atMost: 0 });
  });

  it('says nothing of a sender whose schedule is not known', () => {
    const [unknown] = summaryFor('powermta').senders;
    expect(unknown?.within.every(({ atLeast, atMost }) => atLeast === 0 && atMost === 10)).to.equal(
      true,
    );
    expect(unknown?.never).to.deep.equal({ atLeast: 0, atMost: 10 });
  });

  it('gives a run that several targets share its connections once', () => {
    const shared = ROWS.map((row) => ({ ...row, run: 'run0' }));
    expect(summaryFor('postfix', shared).connections).to.equal(5);
  });
});
