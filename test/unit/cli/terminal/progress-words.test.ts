import { expect } from 'chai';
import {
  outlookOf,
  wordsForEvent,
  wordsForSession,
  wordsForWait,
} from '../../../../src/cli/terminal/progress-words.js';
import { PINNED, Story, stamp } from '../../core/run/support/story.js';
import type { request } from '../../core/run/support/virtual-run.js';

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
    expect(wordsForWait('retry', 14.2, 'Soon.', story.state)).to.equal(
      'retry: 450. Connection 3 (retry) in 15 s. Soon.',
    );
    expect(wordsForSession('retry', story.state)).to.equal('Connection 2 (retry): retry: 450.');
  });

  it('tell the first answer where no sender has an age yet, and a failure by its code', () => {
    const story = new Story().session(0, [{ tuple: 1, role: 'first', lost: 'timeout' }]);
    expect(wordsForWait('first contact', 10, 'Soon.', story.state)).to.equal(
      'first: timeout. Connection 2 (first contact) in 10 s. Soon.',
    );
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

describe('the outlook of a run', () => {
  /** The clock of this machine, seconds after the stories begin. */
  const at = (seconds: number) => {
    const date = new Date(stamp(seconds * 1000).wallMs);
    return [date.getHours(), date.getMinutes()]
      .map((part) => String(part).padStart(2, '0'))
      .join(':');
  };
  const now = (seconds: number) => stamp(seconds * 1000).wallMs;
  const saying = (text: string, changes: Parameters<typeof request>[0] = {}) =>
    new Story(changes).session(0, [
      { tuple: 1, role: 'first', reply: { code: 450, enhanced: '4.2.0', text: [text] } },
    ]);
  const POSTGREY =
    '<user@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html';

  it('is what the product ships, and the last try that is planned', () => {
    const { state } = saying(POSTGREY);
    expect(outlookOf(state, now(1))).to.equal(
      `Postgrey ships 5 min: probably done at ${at(300)}, at the latest at ${at(3900)}.`,
    );
    expect(outlookOf(state, now(301))).to.equal(`Done at ${at(3900)} at the latest.`);
  });

  it('is what the host states', () => {
    const { state } = saying('Greylisted, please try again in 120 seconds');
    expect(outlookOf(state, now(1))).to.equal(
      `The host states 2 min: probably done at ${at(120)}, at the latest at ${at(3900)}.`,
    );
  });

  it('is the age behind it at which the user wants a retry', () => {
    const { state } = saying(POSTGREY, { retryAtSeconds: [60, 600, 1200] });
    expect(outlookOf(state, now(1))).to.contain(
      `probably done at ${at(600)}, at the latest at ${at(1200)}.`,
    );
  });

  it('is the last try alone where nothing says more, or the closing is looked for', () => {
    expect(outlookOf(saying('Try again later').state, now(1))).to.equal(
      `Done at ${at(3900)} at the latest.`,
    );
    const { state } = saying(POSTGREY, { closingAgesSeconds: [7200, 28_800] });
    expect(outlookOf(state, now(1))).to.equal(`Done at ${at(28_800)} at the latest.`);
  });

  it('names the day where that is another', () => {
    const { state } = saying(POSTGREY, { closingAgesSeconds: [172_800] });
    expect(outlookOf(state, now(1))).to.match(
      /^Done at \d\d:\d\d on 2026-01-0[678] at the latest\.$/u,
    );
  });
});
