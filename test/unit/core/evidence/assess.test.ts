import { expect } from 'chai';
import { buildResult } from '../../../../src/contract/build-result.js';
import { assess } from '../../../../src/core/evidence/assess.js';
import { alwaysReplies, greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { ACCEPTED, Story, type Told } from '../run/support/story.js';
import { virtualRun } from '../run/support/virtual-run.js';

async function verdictOn(behaviour: MailHostBehaviour) {
  const { state } = await virtualRun(behaviour);
  const { verdict } = buildResult(state, '0');
  return { ...verdict, rules: verdict.evidence.map(({ rule }) => rule) };
}

const says = (code: number, enhanced: string | null, text: string) =>
  alwaysReplies('rcpt', { code, enhanced, text: [text] });

describe('assess, where nothing ever changes', () => {
  it('refutes greylisting that nobody spoke of', async () => {
    for (const text of ['Come again', 'Please try again later']) {
      const verdict = await verdictOn(says(451, '4.7.1', text));
      expect(verdict, text).to.include({ kind: 'deferred' });
      expect(verdict.class, text).to.not.equal('greylisting');
      expect(verdict.rules, text).to.include('same-throughout');
    }
  });

  it('does not refute a server that says greylisting, nor one that states a waiting time', async () => {
    expect(await verdictOn(says(450, '4.2.0', 'Greylisted, try later'))).to.include({
      kind: 'greylisted',
      confidence: 'possible',
    });
    expect((await verdictOn(says(451, null, 'Try again in 7200 seconds'))).rules).to.not.include(
      'same-throughout',
    );
  });

  it('never refutes a greylister that lets pass within the time that known ones take', async () => {
    for (const delaySeconds of [300, 1800, 3600]) {
      const verdict = await verdictOn(greylists({ ...PLAIN_POLICY, delaySeconds }));
      expect(verdict, `${delaySeconds} s`).to.include({ kind: 'greylisted' });
    }
  });
});

describe('assess, where what was deferred passes', () => {
  const passes = (tuple: number): Told => ({ tuple, role: 'confirm', reply: ACCEPTED });

  it('reads nothing from the age of a sender that passed after a fresh one had', () => {
    // In the words of a list that wants a second late try, and then lets the whole client in.
    const deferred = (tuple: number, role?: Told['role']): Told => ({
      tuple,
      ...(role === undefined ? {} : { role }),
      stage: 'data',
      reply: { code: 451, enhanced: null, text: ['Temporary failure, please try again later.'] },
    });
    const story = new Story()
      .session(0, [deferred(1), deferred(2), deferred(3)])
      .session(900, [deferred(4), deferred(2, 'confirm')])
      .session(1500, [{ tuple: 5, reply: ACCEPTED }, passes(3)]);
    const { opens } = assess(story.state).inference;
    expect(opens).to.deep.equal({ afterSeconds: null, bySeconds: 1501 });
  });
});
