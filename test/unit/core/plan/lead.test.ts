import { expect } from 'chai';
import { connectionLead, transactionLead } from '../../../../src/core/plan/lead.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { virtualRun } from '../run/support/virtual-run.js';

/** A run whose messages each take exactly so long. */
async function runOf(
  oneWayMs: number,
  retryAtSeconds: readonly number[] | null = null,
  delaySeconds = 20,
) {
  const { state } = await virtualRun(
    greylists({ ...PLAIN_POLICY, delaySeconds }),
    { retryAtSeconds },
    { latencyMs: { low: oneWayMs, high: oneWayMs } },
  );
  return state;
}

describe('the lead of a connection', () => {
  it('is none on a line whose delay the steps allow for', async () => {
    const state = await runOf(40);
    expect(connectionLead(state, 'climb')).to.equal(0);
    expect(transactionLead(state)).to.equal(0);
  });

  it('is what passes until the retry is sent, but for half a second', async () => {
    const state = await runOf(200);
    // Banner, EHLO, MAIL and RCPT of the control, RSET, MAIL: six there and back.
    expect(connectionLead(state, 'climb')).to.be.closeTo(1.9, 1e-9);
    // RSET, MAIL.
    expect(transactionLead(state)).to.be.closeTo(0.3, 1e-9);
  });

  it('is none before there was a connection', async () => {
    const state = await runOf(200);
    const begun = { ...state, sessions: [], attempts: [] };
    expect([connectionLead(begun, 'climb'), transactionLead(begun)]).to.deep.equal([0, 0]);
  });

  it('lets a retry come at the age that was asked for, neither before nor much later', async () => {
    const { attempts, histories } = await runOf(400, [30, 50, 70], 80);
    const [main] = [...histories.values()];
    const planted = main?.attempts[0]?.end?.replied.monotonicMs ?? 0;
    const ages = (main?.attempts ?? [])
      .slice(1)
      .map(({ end }) => ((end?.sent.monotonicMs ?? 0) - planted) / 1000);
    expect(attempts[0]?.tuple.id).to.equal(main?.tuple.id);
    // The first retry cannot know yet what a control before it takes.
    expect(ages).to.deep.equal([32.9, 50.5, 70.5]);
  });
});
