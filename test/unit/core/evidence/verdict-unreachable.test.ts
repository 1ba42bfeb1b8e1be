import { expect } from 'chai';
import { assess } from '../../../../src/core/evidence/assess.js';
import { verdictOf } from '../../../../src/core/evidence/verdict.js';
import type { FailureCode } from '../../../../src/model/smtp.js';
import { virtualRun } from '../run/support/virtual-run.js';

/** The verdict where no session with the host can be opened. */
async function verdictWhereDialsFail(code: FailureCode) {
  const { state } = await virtualRun(
    {},
    {},
    {
      through: (dialer) => ({
        ...dialer,
        dial: async (request) => {
          const { end } = await dialer.dial(request);
          const at = end?.replied ?? { wallMs: 0, monotonicMs: 0, apartMs: 0 };
          const failure = { code, message: 'No.' };
          return {
            session: null,
            end: { stage: 'connect', reply: null, failure, sent: at, replied: at },
          };
        },
      }),
    },
  );
  return verdictOf(state, assess(state));
}

describe('the verdict where no session was opened', () => {
  it('is confirmed where the host refused', async () => {
    expect(await verdictWhereDialsFail('connection-refused')).to.include({
      kind: 'unreachable',
      confidence: 'confirmed',
    });
  });

  it('says nothing of a host that we did not ask', async () => {
    for (const code of ['left-alone', 'machine-limit', 'source-address'] as const) {
      const verdict = await verdictWhereDialsFail(code);
      expect(verdict, code).to.include({ kind: 'unreachable', confidence: 'possible' });
      expect(verdict.summary, code).to.include('this machine did not get so far');
    }
  });
});
