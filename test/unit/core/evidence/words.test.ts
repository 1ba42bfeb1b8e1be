import { expect } from 'chai';
import {
  looksOther,
  readHost,
  readWords,
  saysPostscreen,
} from '../../../../src/core/evidence/words.js';
import type { Reply } from '../../../../src/model/smtp.js';
import { Story, type Told } from '../run/support/story.js';

const BUSY: Reply = { code: 450, enhanced: '4.3.2', text: ['Service currently unavailable'] };

function seenOf(told: Omit<Told, 'tuple'>) {
  const { state } = new Story().session(0, [{ tuple: 1, ...told }]);
  const [attempt] = state.attempts;
  if (attempt === undefined || attempt.end === null) throw new Error('an attempt with an end');
  return { state, attempt, end: attempt.end };
}

describe('the words of an answer', () => {
  it('are read once, since a reply does not change', () => {
    const answered = seenOf({});
    expect(readWords(answered)[0]?.class).to.equal('greylisting');
    expect(readWords(answered)).to.equal(readWords(answered));
  });

  it('say nothing where there was no reply', () => {
    const answered = seenOf({ lost: 'timeout' });
    expect(readWords(answered)).to.deep.equal([]);
    expect(looksOther(answered)).to.equal(false);
  });

  it('look like something else only where nothing says greylisting', () => {
    expect(looksOther(seenOf({ reply: BUSY }))).to.equal(true);
    expect(looksOther(seenOf({}))).to.equal(false);
    expect(looksOther(seenOf({ reply: { text: ['Come again'] } }))).to.equal(false);
  });

  it('can be those of postscreen', () => {
    expect(saysPostscreen(seenOf({ reply: BUSY }))).to.equal(true);
    expect(saysPostscreen(seenOf({}))).to.equal(false);
  });

  it('stand alone where the banner gives nothing away', () => {
    const answered = seenOf({});
    expect(readHost(answered.state, answered)).to.deep.equal(readWords(answered));
  });
});
