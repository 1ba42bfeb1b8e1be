import { expect } from 'chai';
import { wordsForEvent, wordsForWait } from '../../../../src/cli/terminal/progress-words.js';
import { PINNED, Story } from '../../core/run/support/story.js';

describe('the words of progress', () => {
  it('tell what the sender with an age got, not the control beside it', () => {
    const story = new Story({ retryAtSeconds: [5, 20] })
      .session(0, [
        { tuple: 1, role: 'first' },
        { tuple: 2, role: 'control' },
      ])
      .session(5, [
        { tuple: 3, role: 'control' },
        { tuple: 1, role: 'retry', reply: { code: 450, enhanced: null } },
        { tuple: 4, role: 'control' },
      ]);
    expect(wordsForWait('retry', 14.2, story.state)).to.equal(
      'retry: 450. Connection 3 (retry) in 15 s; the last retry comes after 20 s.',
    );
  });

  it('tell the first answer where no sender has an age yet, and a failure by its code', () => {
    const story = new Story().session(0, [{ tuple: 1, role: 'first', lost: 'timeout' }]);
    expect(wordsForWait('first contact', 10, story.state)).to.equal(
      'first: timeout. Connection 2 (first contact) in 10 s; the last retry comes after 1 h 5 min.',
    );
  });

  it('say how long it lasts with the ages at which the window may have closed', () => {
    const story = new Story({ closingAgesSeconds: [7200, 28_800] }).session(0, [
      { tuple: 1, role: 'first' },
    ]);
    expect(wordsForWait('later age', 1, story.state)).to.match(/comes after 8 h\.$/u);
  });

  it('show nothing from outside that a terminal would obey', () => {
    const at = { segment: 0, monotonicMs: 0, wallMs: 0 };
    const host = { ...PINNED, name: 'mx\u001b[2J.example' };
    const event = {
      type: 'session-started',
      at,
      session: 1,
      host,
      sourceAddress: null,
      dueMonotonicMs: null,
      purpose: 'retry',
    } as const;
    expect(wordsForEvent(event, new Story().state)).to.equal(
      'Connecting to mx\\x1b[2J.example (retry)',
    );
  });
});
