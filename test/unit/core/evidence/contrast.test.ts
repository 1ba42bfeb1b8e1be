import { expect } from 'chai';
import {
  chanceFor,
  findClientContrast,
  findContrast,
} from '../../../../src/core/evidence/contrast.js';
import { type SeenAttempt, seenAttempts } from '../../../../src/core/evidence/observations.js';
import type { Outcome, Reply } from '../../../../src/model/smtp.js';
import { ACCEPTED, PINNED, Story, type Told } from '../run/support/story.js';

const seenOf = (story: Story) => seenAttempts(story.state, PINNED);

interface Short {
  readonly session?: number;
  readonly client?: string;
  readonly outcome?: Outcome;
  readonly reply?: Reply;
  readonly ageSeconds?: number;
  readonly passedBefore?: true;
  readonly otherCause?: true;
}

/** Attempts in their order, from 1: deferred as greylisted, of client A, unless it is said. */
function told(...shorts: readonly Short[]): SeenAttempt[] {
  const [fresh] = seenOf(new Story().session(0, [{ tuple: 1 }]));
  if (fresh === undefined) throw new Error('nothing was seen');
  return shorts.map((short, index) => {
    const { session = 1, client = 'A', outcome = 'deferred', ageSeconds = 0 } = short;
    return {
      ...fresh,
      attempt: {
        ...fresh.attempt,
        n: index + 1,
        session,
        tuple: { ...fresh.attempt.tuple, client },
      },
      end: { ...fresh.end, outcome, reply: short.reply ?? fresh.end.reply },
      age: { low: ageSeconds, high: ageSeconds },
      passedBefore: short.passedBefore ?? false,
      otherCause: short.otherCause ?? false,
    };
  });
}

const numbers = (contrast: ReturnType<typeof findContrast>) =>
  contrast === null ? null : [contrast.deferred.attempt.n, contrast.accepted.attempt.n];

const PASSED = { outcome: 'accepted', ageSeconds: 60 } as const;
const FULL: Reply = { code: 452, enhanced: '4.2.2', text: ['Mailbox is full'] };
/** As postscreen says it. */
const BUSY: Reply = { code: 450, enhanced: '4.3.2', text: ['Service currently unavailable'] };

describe('a contrast within a session', () => {
  const among = (...shorts: readonly Short[]) => numbers(findContrast(told(...shorts)));

  it('is between the first that passed and the first that was kept out', () => {
    expect(among({}, {}, PASSED, PASSED)).to.deep.equal([1, 3]);
    expect(among(PASSED, {})).to.deep.equal([2, 1]);
    const later = [{ session: 3 }, { ...PASSED, session: 3 }];
    expect(among({}, { ...PASSED, session: 2 }, ...later)).to.deep.equal([3, 4]);
  });

  it('needs a tuple that is surely younger', () => {
    expect(among({ ageSeconds: 59.9 }, PASSED)).to.deep.equal([1, 2]);
    expect(among({ ageSeconds: 60 }, PASSED)).to.equal(null);
    expect(among({}, { outcome: 'accepted', ageSeconds: 0 })).to.equal(null);
  });

  it('is none with what passed before, or was kept out by something else', () => {
    expect(among({}, { ...PASSED, passedBefore: true })).to.equal(null);
    expect(among({ otherCause: true }, PASSED)).to.equal(null);
    expect(among({ reply: FULL }, PASSED)).to.equal(null);
  });

  it('is none where the younger was rejected, or the older was not accepted', () => {
    expect(among({ outcome: 'rejected' }, PASSED)).to.equal(null);
    expect(among({}, { ageSeconds: 60 })).to.equal(null);
  });
});

describe('a contrast between client addresses', () => {
  const among = (...shorts: readonly Short[]) => numbers(findClientContrast(told(...shorts)));
  const OTHER = { client: 'B' } as const;

  it('is a clean cut for the first one, and another that is kept out after it', () => {
    expect(among({}, {}, PASSED, PASSED, OTHER, OTHER)).to.deep.equal([5, 3]);
    expect(among({}, OTHER, PASSED, OTHER), 'the first one').to.deep.equal([4, 3]);
    expect(among({}, PASSED, {}, OTHER), 'no clean cut').to.equal(null);
    expect(among({}, OTHER, PASSED), 'before it').to.equal(null);
    expect(among({}, {}, OTHER), 'nothing passed').to.equal(null);
    expect(among({}, PASSED), 'no other').to.equal(null);
    expect(among(), 'nothing seen').to.equal(null);
  });

  it('needs a deferral that speaks of the address', () => {
    expect(among({}, PASSED, { ...OTHER, outcome: 'accepted' })).to.equal(null);
    expect(among({}, PASSED, { ...OTHER, outcome: 'rejected' })).to.equal(null);
    expect(among({}, PASSED, { ...OTHER, otherCause: true })).to.equal(null);
    expect(among({}, PASSED, { ...OTHER, reply: FULL })).to.equal(null);
  });

  it('takes the words of postscreen, which is a list of addresses', () => {
    expect(among({}, PASSED, { ...OTHER, reply: BUSY })).to.deep.equal([3, 2]);
    expect(among({ reply: BUSY }, PASSED)).to.equal(null);
  });
});

describe('a contrast', () => {
  const planted = () => new Story().session(0, [{ tuple: 1 }, { tuple: 2 }]);

  it('is an older sender accepted and a younger one deferred in one session', () => {
    const story = planted().session(60, [{ tuple: 3 }, { tuple: 1, reply: ACCEPTED }]);
    const contrast = findContrast(seenOf(story));
    expect(contrast?.deferred.attempt.n).to.equal(3);
    expect(contrast?.accepted.attempt.n).to.equal(4);
  });

  it('is none across two sessions, nor with a deferral that says something else', () => {
    const busy = { code: 450, enhanced: '4.3.2', text: ['Service currently unavailable'] };
    const apart = planted()
      .session(60, [{ tuple: 3 }])
      .session(70, [{ tuple: 1, reply: ACCEPTED }]);
    const worded = planted().session(60, [
      { tuple: 3, reply: busy },
      { tuple: 1, reply: ACCEPTED },
    ]);
    expect(findContrast(seenOf(apart))).to.equal(null);
    expect(findContrast(seenOf(worded))).to.equal(null);
  });

  it('between client addresses needs an attempt from another one', () => {
    const story = planted().session(60, [{ tuple: 3, reply: ACCEPTED }]);
    expect(findClientContrast(seenOf(story))).to.equal(null);
  });
});

describe('how well chance explains a run', () => {
  const passes = (tuple: number): Told => ({ tuple, role: 'confirm', reply: ACCEPTED });

  function passing(controlled: boolean) {
    const story = new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2 }, { tuple: 3 }, { tuple: 4 }, { tuple: 5 }])
      .session(60, [{ tuple: 6 }, { tuple: 1, role: 'retry' }])
      .session(120, [{ tuple: 7 }, { ...passes(1), role: 'retry' }]);
    for (const tuple of [2, 3, 4, 5]) {
      const control = controlled ? [{ tuple: tuple + 6 }] : [];
      story.session(120 + tuple * 10, [...control, passes(tuple)]);
    }
    const seen = seenOf(story);
    const contrast = findContrast(seen);
    return { contrast, chance: chanceFor(seen, contrast, false) };
  }

  /** Two deferred and two accepted: (2/3)^2 (1/3) for one such pattern, and four of them. */
  const TWO_AND_TWO = 16 / 27;

  it('counts each session once between client addresses', () => {
    const seen = told(
      {},
      {},
      {},
      { ...PASSED, session: 2 },
      { ...PASSED, session: 2 },
      { ...PASSED, session: 3 },
      { client: 'B', session: 4 },
    );
    const contrast = findClientContrast(seen);
    expect(numbers(contrast)).to.deep.equal([7, 4]);
    expect(chanceFor(seen, contrast, false)).to.be.closeTo(TWO_AND_TWO, 1e-12);
  });

  it('counts what passed alone only where the client was let in, or the session is open', () => {
    const seen = told({}, {}, { ...PASSED, session: 2 }, { ...PASSED, session: 3 });
    expect(chanceFor(seen, null, false)).to.equal(1);
    expect(chanceFor(seen, null, true)).to.be.closeTo(TWO_AND_TWO, 1e-12);
    const beside = told({}, {}, PASSED, { ...PASSED, session: 3 });
    expect(chanceFor(beside, findContrast(beside), false)).to.equal(1);
    expect(chanceFor(beside, findContrast(beside), false, 3)).to.be.closeTo(TWO_AND_TWO, 1e-12);
  });

  it('counts no deferral that has another cause, and no rejection', () => {
    const more = [{ otherCause: true }, { outcome: 'rejected' }] as const;
    const seen = told({}, {}, PASSED, PASSED, ...more);
    expect(chanceFor(seen, findContrast(seen), false)).to.be.closeTo(TWO_AND_TWO, 1e-12);
  });

  it('counts as proof what passed beside a younger sender that was kept out', () => {
    expect(passing(true).chance).to.be.below(0.01);
  });

  it('does not count what passed alone: a fault may have cleared', () => {
    const { contrast, chance } = passing(false);
    expect(contrast).to.not.equal(null);
    expect(chance).to.equal(1);
  });
});
