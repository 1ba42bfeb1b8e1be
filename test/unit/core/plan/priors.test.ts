import { expect } from 'chai';
import { seenAttempts } from '../../../../src/core/evidence/observations.js';
import { classify } from '../../../../src/core/greylist/classify.js';
import type { Hypothesis } from '../../../../src/core/greylist/hypothesis.js';
import { likelyDelay, stepAges, timersFor } from '../../../../src/core/plan/priors.js';
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

describe('the steps where nothing is known of the host', () => {
  it('are the ladder, with longer steps for a list of senders', () => {
    const { request } = new Story({ maxWaitSeconds: 130 }).state;
    expect(stepAges(request, null, [])).to.deep.equal([
      2, 9, 18.8, 30.6, 44.7, 61.3, 81.6, 126.6, 130,
    ]);
    const senders = { kind: 'list', addresses: ['a@x.example'] } as const;
    expect(stepAges({ ...request, senders }, null, [])).to.deep.equal([
      2, 9, 18.8, 30.6, 44.7, 61.3, 81.6, 105.9, 130,
    ]);
  });

  it('are near to three likely delays at most', () => {
    const { request } = new Story({ maxWaitSeconds: 200 }).state;
    // gld 60 s, exim-dbless 180 s, couriergrey 120 s, and Mimecast 60 s once more.
    const many = ['gld', 'exim-dbless', 'couriergrey', 'mimecast'].map(product);
    const steps = [2, 9, 18.8, 30.6, 44.7, 58.2, 61.3, 81.6, 117.6, 121.4, 177, 181.6, 200];
    expect(stepAges(request, null, many)).to.deep.equal(steps);
    const fourth = [...many.slice(0, 3), product('cpanel')];
    expect(stepAges({ ...request, maxWaitSeconds: 302 }, null, fourth)).to.not.include(295.8);
  });

  it('are twice at a delay after which two late tries are wanted, and there alone', () => {
    const { request } = new Story({ maxWaitSeconds: 2000 }).state;
    const near = (id: string) =>
      stepAges(request, null, [product(id)]).filter((age) => age > 1400 && age < 1600);
    expect(near('openbsd-spamd')).to.deep.equal([1483.8, 1504.2, 1548.1, 1569.3]);
    expect(stepAges(request, null, [product('b1gmailserver')]), 'no delay is known').to.deep.equal(
      stepAges(request, null, []),
    );
  });
});

describe('how long a retry will have to wait', () => {
  const likely = (reply: Reply) => {
    const { state } = new Story().session(0, [{ tuple: 1, reply }]);
    return likelyDelay({
      deferral: seenAttempts(state, PINNED)[0] ?? null,
      hypotheses: classify(reply, 'rcpt'),
    });
  };

  it('is what the host states, else what its product ships', () => {
    expect(likely(says('Greylisted, please come back in 413 seconds'))).to.deep.equal({
      seconds: 413,
      product: null,
    });
    expect(likely(POSTGREY)).to.deep.equal({ seconds: 300, product: 'Postgrey' });
  });

  it('is unknown where neither is, or the words are more likely those of no product', () => {
    expect(likelyDelay({ deferral: null, hypotheses: [] })).to.equal(null);
    expect(likelyDelay({ deferral: null, hypotheses: [product('b1gmailserver')] })).to.equal(null);
    const other: Hypothesis = { ...product('postgrey'), implementation: null };
    expect(likelyDelay({ deferral: null, hypotheses: [other, product('postgrey')] })).to.equal(
      null,
    );
  });
});

/** A product that the words are those of, and no other's. */
function product(id: string): Hypothesis {
  const implementation = { id, name: id };
  return { class: 'greylisting', implementation, confidence: 'likely', rule: 'r', words: 'w' };
}

describe('the ways of counting to reckon with', () => {
  it('are those that a product is known for', () => {
    const known = (id: string) => timersFor([product(id)]);
    expect(known('postgrey')).to.deep.equal(['from-first']);
    expect(known('greylistd'), 'early tries keep an entry longer').to.deep.equal(['from-first']);
    const restart = ['from-first', 'from-last', 'penalty'];
    expect(known('opensmtpd-spfgreylist')).to.deep.equal(restart);
    expect(known('plesk')).to.deep.equal(restart);
    expect(known('openbsd-spamd')).to.deep.equal(['from-first', 'second-late-try']);
    expect(known('nobody-knows')).to.deep.equal(TIMERS);
    const possible: Hypothesis = { ...product('postgrey'), confidence: 'possible' };
    expect(timersFor([possible])).to.deep.equal(TIMERS);
    expect(timersFor([])).to.deep.equal(TIMERS);
  });

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
