import { expect } from 'chai';
import { findGreylisters, findSenders } from '../../../../src/tasks/catalogue/find-entries.js';

const ids = (words: string[]) => findSenders(words).senders.map(({ id }) => id);

describe('findSenders', () => {
  it('has all of them without a word, each with what it rests on and when that was read', () => {
    const { senders } = findSenders([]);
    expect(senders.length).to.be.greaterThan(70);
    for (const { source, checked, id } of senders) {
      expect(source, id).to.not.equal('');
      expect(checked, id).to.match(/^2026-/u);
    }
  });

  it('finds by id, by a product that has it inside, by a setting and by several words', () => {
    expect(ids(['Stalwart-0.13'])).to.deep.equal(['stalwart-0.13']);
    expect(ids(['mailu'])).to.deep.equal(['postfix']);
    expect(ids(['temp_fail_intervals'])).to.deep.equal(['haraka']);
    expect(ids(['exchange', 'messageretryinterval', 'HealthChecker'])).to.deep.equal([
      'exchange-2013plus-message',
    ]);
  });

  it('tells the first retries and the end', () => {
    expect(findSenders(['stalwart-0.13']).senders[0]).to.deep.include({
      firstRetries: [
        [120, 120],
        [420, 420],
        [1_020, 1_020],
        [1_920, 1_920],
        [3_720, 3_720],
        [7_320, 7_320],
      ],
      givesUpAfterSeconds: 3 * 86_400,
      aliases: [],
      queueRun: null,
    });
    expect(findSenders(['sendgrid']).senders[0]?.firstRetries).to.equal(null);
    expect(findSenders(['haraka']).senders[0]?.givesUpAfterSeconds).to.equal(262_080);
    expect(findSenders(['smtpctl']).senders[0]?.queueRun).to.equal('smtpctl schedule all');
  });

  it('names what is near where nothing is found', () => {
    expect(() => findSenders(['postfux']))
      .to.throw('No sender has "postfux" in its entry.')
      .with.deep.property('suggestions', ['Near it: postfix, postal.']);
    expect(() => findSenders(['qqqqqqqqqqqqq']))
      .to.throw()
      .with.deep.property('suggestions', ['All of them: greyprobe senders']);
  });
});

describe('findGreylisters', () => {
  it('finds by id and by several words, and no look-alike', () => {
    expect(findGreylisters([]).length).to.equal(59);
    expect(findGreylisters(['spfbl']).map(({ id }) => id)).to.deep.equal(['spfbl']);
    expect(findGreylisters(['Courier', 'PYTHONFILTER']).map(({ id }) => id)).to.deep.equal([
      'milter-greylist',
      'courier-pythonfilter',
    ]);
    expect(() => findGreylisters(['gmail', 'throttle'])).to.throw(/^No greylister has/u);
  });
});
