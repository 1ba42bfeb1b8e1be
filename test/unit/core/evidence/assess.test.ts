import { expect } from 'chai';
import { buildResult } from '../../../../src/contract/build-result.js';
import { assess } from '../../../../src/core/evidence/assess.js';
import { alwaysReplies, greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { onlySenders, shortStory, usedUp } from '../run/support/short-story.js';
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
    const verdict = await verdictOn(says(451, '4.7.1', 'Please try again later'));
    expect(verdict).to.include({ kind: 'deferred' });
    expect(verdict.class).to.not.equal('greylisting');
    expect(verdict.rules).to.include('same-throughout');
  });

  it('does not refute a server that says greylisting', async () => {
    expect(await verdictOn(says(450, '4.2.0', 'Greylisted, try later'))).to.include({
      kind: 'greylisted',
      confidence: 'possible',
    });
  });

  it('never refutes a greylister that lets pass within the time that known ones take', async () => {
    const verdict = await verdictOn(greylists({ ...PLAIN_POLICY, delaySeconds: 3600 }));
    expect(verdict).to.include({ kind: 'greylisted' });
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

describe('what the behaviour of a host has shown', () => {
  const observed = (...given: Parameters<typeof shortStory>) => [
    ...assess(shortStory(...given)).observed,
  ];

  it('is a contrast of tuples, or of client addresses', () => {
    expect(observed(['0: 1x', '300: 2x 1o'])).to.deep.equal(['contrast', 'passed-with-age']);
    const sourceAddresses = ['192.0.2.7', '192.0.2.8'];
    expect(
      observed(['0: 1x 2x', '300: 3o 1o', '310 other-client: 4x'], { sourceAddresses }),
    ).to.deep.equal(['client-contrast', 'passed-with-age']);
  });

  it('is that fresh ones pass too', () => {
    expect(observed(['0: 1x', '300: 2o 1o'])).to.deep.equal([
      'passed-with-age',
      'fresh-passed-too',
    ]);
    expect(observed(['0: 1o'])).to.deep.equal(['fresh-passed-too']);
  });

  it('is that all others are told the same', () => {
    expect(observed(['0: 1x'])).to.deep.equal([]);
    expect(observed(['0: 1x 2x'])).to.deep.equal(['same-for-other-senders']);
    expect(observed(['0: 1x', '60: 2!'])).to.deep.equal([]);
  });

  it('is that nothing has changed when every known list would have let pass', () => {
    // An age of 3659.9 s, and of 3660.9 s.
    expect(observed(['0: 1x', '3660: 1x'])).to.deep.equal([]);
    expect(observed(['0: 1x', '3661: 1x'])).to.deep.equal(['unchanged']);
    expect(observed(['0: 1x', '60: 1x 2x', '3661: 1x', '3670: 3x'])).to.include('unchanged');
  });
});

describe('all were told the same throughout', () => {
  const isSame = (lines: readonly string[], text = 'Please try again later') =>
    assess(shortStory(lines, {}, { text: [text] })).observed.has('same-throughout');

  it('where two senders were, and one that was left alone was old enough', () => {
    expect(isSame(['0: 1x 2x', '3661: 1x'])).to.equal(true);
    expect(isSame(['0: 1x 2x', '3660: 1x'])).to.equal(false);
    expect(isSame(['0: 1x', '3661: 1x'])).to.equal(false);
  });

  it('and it was not tried in the ten minutes before: the wait may start anew', () => {
    // Tries at ages of 3099.9 and 3000.9 s, before that at 3660.9 s.
    expect(isSame(['0: 1x 2x', '3100: 1x', '3661: 1x'])).to.equal(false);
    expect(isSame(['0: 1x 2x', '3060.9: 1x', '3661: 1x'])).to.equal(true);
    expect(isSame(['0: 1x 2x', '3100: 1x', '3661: 1x 2x']), 'but another one').to.equal(true);
    expect(isSame(['0: 1x 2x', '3661: 1x', '3700: 1x']), 'nor after it').to.equal(true);
  });

  it('in the same words, which state no time', () => {
    expect(isSame(['0: 1x 2x', '60: 1x', '3661: 1~'])).to.equal(false);
    expect(isSame(['0: 1x 2x', '3661: 1x', '3670: 3?'])).to.equal(true);
    expect(isSame(['0: 1x 2x', '3661: 1x'], 'Try again in 7200 seconds')).to.equal(false);
  });
});

describe('greylisting is proved', () => {
  /** Eleven deferrals, and seven passes beside younger ones that were deferred: 1 in 9,000. */
  const PROVED = [
    '0: 1x 2x 3x 4x 5x 6x 7x 8x 9x 10x',
    '300: 11x 1o',
    '310 verify: 12x 2o 3o 4o 5o 6o 7o 13x',
  ];
  const isProved = (...given: Parameters<typeof shortStory>) =>
    assess(shortStory(...given)).readings[0]?.confidence === 'confirmed';

  it('where chance does not explain what was seen', () => {
    expect(isProved(PROVED)).to.equal(true);
    expect(isProved(PROVED.with(2, '310 verify: 12x 2o 3o 4o 5o 6o 13x'))).to.equal(false);
  });

  it('not where all that was tried can have been one to the list', () => {
    const noneAfter = [
      '0: 1x 2x 3x 4x 5x 6x 7x 8x 9x 10x 11x 12x',
      '300: 13x 1o 2o 3o 4o 5o 6o 7o',
    ];
    expect(isProved(noneAfter)).to.equal(false);
    expect(isProved([...noneAfter, '310: 14x'])).to.equal(true);
  });

  it('not where a fault lets in now and then: a client is not made to wait again', () => {
    const faulty = [...PROVED.slice(0, 1), '60: 14o 1x 8x', ...PROVED.slice(1)];
    expect(isProved(faulty)).to.equal(false);
    const given = usedUp(faulty);
    expect(isProved(faulty, { senders: given }), 'a given one may be known').to.equal(true);
    const allPass = faulty.with(1, '60: 14o');
    expect(isProved(allPass, { senders: given }), 'but not a whole connection').to.equal(false);
    expect(isProved([...faulty, '320: 15o']), 'nor in the end').to.equal(false);
    const after = [...PROVED, '320: 14o', '330: 15o'];
    expect(isProved(after), 'but many lists let a client in at last').to.equal(true);
  });

  it('not where it does not fit one list', () => {
    const machines = [...PROVED, '400: 8x'];
    expect(isProved(machines)).to.equal(false);
  });
});

describe('what chance makes of a run', () => {
  const lines = ['0: 1x 2x 3x 4x', '300: 1o 2o 3o'];
  const chances = (...given: Parameters<typeof shortStory>) => {
    const { chance, chanceAhead } = assess(shortStory(...given));
    return [chance, chanceAhead].map((one) => Math.round(one * 1000) / 1000);
  };

  it('is told of a session that goes on as if its control had been deferred', () => {
    expect(chances(lines)).to.deep.equal([1, 1]);
    // (4/6)^4 (2/6)^2 x 7 = 0.154; with one deferral more (5/7)^5 (2/7)^2 x 8 = 0.121
    expect(chances(lines.with(1, '300: 1o 2o 3o ...'))).to.deep.equal([1, 0.154]);
    const three = ['0: 1x 2x 3x 4x', '60: 5x', '300: 1o 2o 3o ...'];
    expect(chances(three)).to.deep.equal([1, 0.121]);
  });

  it('counts another client address where the contrast is with that, and there alone', () => {
    const sourceAddresses = ['192.0.2.7', '192.0.2.8'];
    const [between] = chances(['0: 1x 2x', '300: 3o 1o', '305: 2o', '310 other-client: 4x'], {
      sourceAddresses,
    });
    // One a connection: 4xx, 250, 250, 4xx, so (2/3)^2 (1/3) x 4.
    expect(between).to.equal(0.593);
    const [within] = chances(['0: 1x 2x', '5 other-client: 5x', '300: 3x 1o', '310: 4x 2o'], {
      sourceAddresses,
    });
    // Four deferrals and two passes of the first address: (4/5)^4 (1/5) x 6.
    expect(within).to.equal(0.492);
  });
});

describe('all are let in at once', () => {
  const letsAllIn = (...lines: readonly string[]) => assess(shortStory(lines)).letsAllIn;

  it('where a fresh one was, and nobody was made to wait after it', () => {
    expect(letsAllIn('0: 1o')).to.equal(true);
    expect(letsAllIn('0: 1x', '300: 2o 1o')).to.equal(true);
    expect(letsAllIn('0: 1x', '300: 2x 1o')).to.equal(false);
    expect(letsAllIn('0: 1x', '300: 2o 1o 3x')).to.equal(false);
    expect(letsAllIn('0: 1x')).to.equal(false);
  });
});

describe('a sender that the host knows', () => {
  const known = (lines: readonly string[], senders = onlySenders(3)) =>
    assess(shortStory(lines, { senders })).known.map(({ attempt }) => attempt.n);

  it('is one that was given, and let in while others wait', () => {
    expect(known(['0: 1o 2x'])).to.deep.equal([1]);
    expect(known(['0: 1o 2x'], { kind: 'template', template: '{nonce}@x.example' })).to.deep.equal(
      [],
    );
    expect(known(['0: 1o 2o'])).to.deep.equal([]);
    expect(known(['0: 1x', '300: 1o 2x'])).to.deep.equal([]);
  });
});

describe('a pass after the first one counts', () => {
  const accepted = (state: ReturnType<typeof shortStory>) =>
    assess(state).observations.flatMap((one) => (one.accepted ? [one.attempt] : []));

  it('as long as a control is to come that tells whether the client was let in', () => {
    const lines = ['0: 1x 2x', '300: 1o', '310: 2o'];
    const state = shortStory(lines);
    expect(accepted(state)).to.deep.equal([3, 4]);
    const finished = { type: 'run-finished', at: state.lastAt, reason: 'answered' } as const;
    expect(accepted({ ...state, finished })).to.deep.equal([3]);
    expect(accepted(shortStory(lines, { senders: usedUp(lines) }))).to.deep.equal([3]);
    expect(accepted(shortStory(lines, { senders: onlySenders(3) }))).to.deep.equal([3, 4]);
  });
});

describe('a list that does not look at senders', () => {
  const sourceAddresses = ['192.0.2.7', '192.0.2.8'];
  const from = (tuple: number, domain: string, more: Partial<Told> = {}): Told => ({
    tuple,
    client: '192.0.2.7',
    sender: `${tuple}@${domain}.example`,
    // In these words early tries may do harm, and no late one is wanted.
    reply: { code: 451, enhanced: null, text: ['greylisted, try again later'] },
    ...more,
  });
  /** Sender 1 is refused at 250 s and passes at 300 s; this came at 200 s. */
  const opensAfter = (...between: readonly Told[]) =>
    assess(
      new Story({ sourceAddresses })
        .session(0, [from(1, 'one')])
        .session(200, between)
        .session(250, [from(1, 'one')])
        .session(300, [from(1, 'one', { reply: ACCEPTED })]).state,
    ).inference.opens.afterSeconds;

  it('takes others of the client for more tries, of whatever domain', () => {
    expect(opensAfter()).to.equal(249.9);
    // One more try of the list's one tuple: the refusal at 250 s may be due to what it added.
    expect(opensAfter(from(2, 'two'))).to.equal(199.9);
    expect(opensAfter(from(2, 'two', { client: '192.0.2.8' }))).to.equal(249.9);
  });

  it('takes those for tries that had no answer, where it looks at the domain of those of one', () => {
    expect(opensAfter(from(2, 'one', { lost: 'timeout' }))).to.equal(null);
    expect(opensAfter(from(2, 'two', { lost: 'timeout' }))).to.equal(249.9);
    expect(opensAfter(from(2, 'one', { lost: 'timeout', client: '192.0.2.8' }))).to.equal(249.9);
  });
});

describe('the deferral of a run', () => {
  const deferral = (...attempts: readonly Told[]) =>
    assess(new Story().session(0, attempts).state).deferral?.attempt.n ?? null;
  const busy = { code: 450, enhanced: '4.3.2', text: ['Service currently unavailable'] };

  it('is the first that may be greylisting, else the first of all', () => {
    expect(deferral({ tuple: 1, reply: ACCEPTED }, { tuple: 2 }, { tuple: 3 })).to.equal(2);
    expect(deferral({ tuple: 1, reply: busy }, { tuple: 2 })).to.equal(2);
    expect(deferral({ tuple: 1, reply: busy }, { tuple: 2, reply: busy })).to.equal(1);
  });

  it('is none where nobody was deferred; then nothing is inferred or read', () => {
    const found = assess(shortStory(['0: 1o', '60: 1o']));
    expect(found.deferral).to.equal(null);
    expect(found.readings).to.deep.equal([]);
    const unknown = { afterSeconds: null, bySeconds: null };
    expect(found.inference).to.deep.include({
      opens: unknown,
      closes: unknown,
      refusedUntil: null,
      earlyRetryHarms: null,
      timers: ['from-first'],
      proved: true,
      refusals: [],
    });
  });
});
