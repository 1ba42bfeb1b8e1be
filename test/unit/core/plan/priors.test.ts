import { expect } from 'chai';
import { seenAttempts } from '../../../../src/core/evidence/observations.js';
import { classify } from '../../../../src/core/greylist/classify.js';
import { stepAges, timersFor } from '../../../../src/core/plan/priors.js';
import { TIMERS } from '../../../../src/core/window/timers.js';
import type { Reply } from '../../../../src/model/smtp.js';
import { PINNED, Story } from '../run/support/story.js';
import { request } from '../run/support/virtual-run.js';

const POSTGREY: Reply = {
  code: 450,
  enhanced: '4.2.0',
  text: [
    '<user@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html',
  ],
};
const says = (text: string, code = 451): Reply => ({ code, enhanced: '4.7.1', text: [text] });
const timers = (reply: Reply) => timersFor(classify(reply, 'rcpt'));

function steps(reply: Reply, changes = {}): readonly number[] {
  const { state } = new Story(changes).session(0, [{ tuple: 1, reply }]);
  const [deferral] = seenAttempts(state, PINNED);
  return stepAges(state.request, deferral ?? null, classify(reply, 'rcpt'));
}

describe('the steps of a run', () => {
  it('are those of the user, if there are any', () => {
    expect(steps(POSTGREY, { retryAtSeconds: [7, 77] })).to.deep.equal([7, 77]);
  });

  it('lie close to the waiting time that the server states', () => {
    const close = steps(says('Greylisted, please come back in 413 seconds')).filter(
      (age) => Math.abs(age - 413) < 8,
    );
    expect(close.some((age) => age < 413)).to.equal(true);
    expect(close.some((age) => age > 413)).to.equal(true);
  });

  it('lie close to the delay with which a recognised product ships', () => {
    const near = steps(POSTGREY).filter((age) => Math.abs(age - 300) < 6);
    expect(near).to.have.length(2);
  });

  it('come back a minute after the first late try where a server wants two (OpenBSD spamd)', () => {
    const spamd: Reply = {
      code: 451,
      enhanced: null,
      text: ['Temporary failure, please try again later.'],
    };
    const around = steps(spamd).filter((age) => age > 1500 && age < 1600);
    const [late, ...again] = around;
    expect(late).to.be.below(1510);
    expect(again.some((age) => age - (late ?? 0) > 61 && age - (late ?? 0) < 75)).to.equal(true);
  });

  it('do not go beyond the longest wait', () => {
    expect(Math.max(...steps(POSTGREY, { maxWaitSeconds: 120 }))).to.equal(120);
    expect(request().maxWaitSeconds).to.be.above(120);
  });
});

describe('the ways of counting to reckon with', () => {
  it('are all, unless the words are those of one product', () => {
    expect(timers(POSTGREY)).to.deep.equal(['from-first']);
    expect(timers(says('Greylisted'))).to.deep.equal(TIMERS);
  });

  it('leave it open where only some of those who say so are known to keep it', () => {
    const words = says('Try again later');
    const named = classify(words, 'rcpt').filter((one) => one.implementation !== null);
    expect(named, 'a product is known for these words').to.not.have.length(0);
    expect(timers(words)).to.include('from-last');
  });

  it('are all where nobody knows what early tries do to a product', () => {
    const smarterMail = {
      code: 451,
      enhanced: null,
      text: ['Greylisted, please try again in 900 seconds'],
    };
    expect(timers(smarterMail)).to.deep.equal(TIMERS);
  });

  it('add a penalty, and late tries, where a product is known for it', () => {
    expect(timers(says('Service unavailable - try again later'))).to.include('penalty');
    const spamd: Reply = {
      code: 451,
      enhanced: null,
      text: ['Temporary failure, please try again later.'],
    };
    expect(timers(spamd)).to.include('second-late-try');
    expect(timers(POSTGREY)).to.not.include('second-late-try');
  });
});
