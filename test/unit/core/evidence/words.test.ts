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

  it('are read by what they are, not by what was read before', () => {
    expect(readWords(seenOf({ reply: BUSY }))[0]?.class).to.equal('postscreen');
    const vague = { text: ['Come again'] };
    const classes = (told: Omit<Told, 'tuple'>) => readWords(seenOf(told)).map((one) => one.class);
    expect(classes({ reply: vague })).to.include('greylisting');
    expect(classes({ reply: vague, stage: 'connect' })).to.not.include('greylisting');
    expect(saysPostscreen(seenOf({ lost: 'timeout' }))).to.equal(false);
  });

  it('are led by what the host says of itself, in the session at hand', () => {
    const answered = seenOf({});
    const banner = {
      code: 220,
      enhanced: null,
      text: ['mx.example.org ESMTP spamd IP-based SPAM blocker'],
    };
    const introduces = (n: number) => ({
      ...answered.state,
      sessions: answered.state.sessions.map((one) => ({
        ...one,
        n,
        facts: { banner, greeting: banner, extensions: [], tls: null },
      })),
    });
    const words = readWords(answered);
    expect(readHost(introduces(1), answered).slice(1)).to.deep.equal(words);
    expect(readHost(introduces(1), answered)[0]?.implementation).to.include({
      id: 'openbsd-spamd',
    });
    expect(readHost(introduces(2), answered)).to.deep.equal(words);
    const closed = introduces(1).sessions.map((one) => ({ ...one, facts: null }));
    expect(readHost({ ...answered.state, sessions: closed }, answered)).to.deep.equal(words);
  });

  it('stand alone where the banner gives nothing away', () => {
    const answered = seenOf({});
    expect(readHost(answered.state, answered)).to.deep.equal(readWords(answered));
  });
});
