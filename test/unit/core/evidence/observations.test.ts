import { expect } from 'chai';
import { assess } from '../../../../src/core/evidence/assess.js';
import {
  firstPass,
  isDeferredAfter,
  isLetInAfter,
  isLetInUnmet,
  isRefusedAgain,
  lostAttempts,
  mayHaveBeenSeen,
  pooledObservations,
  rememberedIn,
  seenAttempts,
  windowObservations,
} from '../../../../src/core/evidence/observations.js';
import { type Reply, STAGES } from '../../../../src/model/smtp.js';
import { shortStory } from '../run/support/short-story.js';
import { ACCEPTED, PINNED, Story, type Told } from '../run/support/story.js';

const BUSY: Reply = { code: 450, enhanced: '4.3.2', text: ['Service currently unavailable'] };
const seenOf = (story: Story) => seenAttempts(story.state, PINNED);

describe('the attempts that a host answered', () => {
  it('tell first tries from later ones, with ages as intervals', () => {
    const seen = seenOf(
      new Story()
        .session(0, [{ tuple: 1 }, { tuple: 2 }])
        .session(60, [{ tuple: 3 }, { tuple: 1, role: 'retry' }]),
    );
    expect(seen.map((one) => one.fresh)).to.deep.equal([true, true, true, false]);
    expect(seen[3]?.age).to.deep.equal({ low: 60, high: 60.2 });
    expect(seen[3]?.aged?.previousAge).to.equal(null);
    expect(seen[3]?.aged?.gap).to.deep.equal({ low: 60, high: 60.2 });
  });

  it('know the gap to the try before, and its age', () => {
    const seen = seenOf(
      new Story()
        .session(0, [{ tuple: 1 }])
        .session(60, [{ tuple: 1 }])
        .session(100, [{ tuple: 1, reply: ACCEPTED }]),
    );
    const last = seen.at(-1)?.aged;
    expect(last?.gap).to.deep.equal({ low: 39.9, high: 40.1 });
    expect(last?.age).to.deep.equal({ low: 99.9, high: 100.1 });
    expect(last?.previousAge).to.deep.equal({ low: 59.9, high: 60.1 });
    expect(last?.accepted).to.equal(true);
  });

  it('are those of one host', () => {
    const other = { ...PINNED, address: '192.0.2.2' };
    const story = new Story().session(0, [{ tuple: 1 }]).session(10, [{ tuple: 1 }], other);
    expect(seenOf(story)).to.have.length(1);
    expect(seenAttempts(story.state, other)[0]?.fresh).to.equal(true);
  });

  it('say nothing of the window once their tuple has passed', () => {
    const seen = seenOf(
      new Story()
        .session(0, [{ tuple: 1 }])
        .session(60, [{ tuple: 1, reply: ACCEPTED }])
        .session(120, [{ tuple: 1 }]),
    );
    expect(seen.at(-1)?.passedBefore).to.equal(true);
    expect(windowObservations(seen, true)).to.have.length(1);
  });

  it('are those of one host, though its tuples were tried at another one before', () => {
    const other = { ...PINNED, address: '192.0.2.2' };
    const story = new Story().session(0, [{ tuple: 1 }], other).session(10, [{ tuple: 1 }]);
    expect(seenOf(story).map(({ attempt, fresh }) => [attempt.n, fresh])).to.deep.equal([
      [2, true],
    ]);
  });

  it('know in which connections the tuple was planted and tried', () => {
    const seen = seenOf(
      new Story()
        .session(0, [{ tuple: 1 }])
        .session(60, [{ tuple: 2 }])
        .session(120, [{ tuple: 1 }]),
    );
    expect(seen.at(-1)?.aged).to.include({ planted: 1, session: 3 });
  });

  it('end with the first variant of their tuple', () => {
    const story = new Story()
      .session(0, [{ tuple: 1 }])
      .session(60, [{ tuple: 1, helo: 'other.client.sender.example' }])
      .session(80, [{ tuple: 1 }])
      .session(100, [{ tuple: 1, helo: 'third.client.sender.example' }]);
    expect(seenOf(story).map(({ attempt }) => attempt.n)).to.deep.equal([1]);
  });

  it('say nothing of the window once a variant of their tuple was tried', () => {
    const seen = seenOf(
      new Story()
        .session(0, [{ tuple: 1 }])
        .session(60, [{ tuple: 1, helo: 'other.client.sender.example', reply: ACCEPTED }])
        .session(7200, [{ tuple: 1, reply: ACCEPTED }]),
    );
    expect(seen.map((one) => one.attempt.n)).to.deep.equal([1]);
  });
});

describe('an attempt without an answer', () => {
  for (const lost of ['never', 'timeout', 'connection-closed'] as const) {
    it(`(${lost}) leaves open whether the server counts from it`, () => {
      const seen = seenOf(
        new Story()
          .session(0, [{ tuple: 1 }, { tuple: 2, lost }])
          .session(20, [{ tuple: 2 }])
          .session(60, [{ tuple: 2, role: 'confirm' }]),
      );
      const [, first, second] = seen;
      expect(first?.fresh).to.equal(false);
      expect(first?.aged).to.equal(null);
      expect(second?.age.low).to.be.closeTo(39.9, 0.01);
      expect(second?.age.high).to.be.closeTo(60, 0.01);
    });
  }

  it('leaves open since which of several the server counts', () => {
    const seen = seenAttempts(shortStory(['0: 1?', '20: 1?', '60: 1x', '100: 1x']), PINNED);
    expect(seen.at(-1)?.age).to.deep.equal({ low: 39.9, high: 100.1 });
  });

  it('can have been seen once the host knew the sender', () => {
    const stages = STAGES.filter((stage) => mayHaveBeenSeen({ stage }));
    expect(stages).to.deep.equal(['mail', 'rcpt', 'data', 'message']);
    expect(mayHaveBeenSeen(null)).to.equal(true);
  });

  it('may have been one more early try, so the gap is known from above only', () => {
    const seen = seenOf(
      new Story()
        .session(0, [{ tuple: 1 }])
        .session(50, [{ tuple: 1, lost: 'timeout' }])
        .session(60, [{ tuple: 1 }]),
    );
    const last = seen.at(-1)?.aged;
    expect(last?.gap).to.deep.equal({ low: 0, high: 60.1 });
    expect(last?.previousAge, 'it was not left alone').to.not.equal(null);
  });

  it('never reached the server when the connection did not open', () => {
    const seen = seenOf(
      new Story()
        .session(0, [{ tuple: 1 }, { tuple: 2, lost: 'connection-refused', stage: 'connect' }])
        .session(20, [{ tuple: 2 }]),
    );
    expect(seen.at(-1)?.fresh).to.equal(true);
  });

  it('is listed for lists of client addresses, unless it cannot have arrived', () => {
    const { state } = new Story().session(0, [
      { tuple: 1 },
      { tuple: 2, lost: 'timeout' },
      { tuple: 3, lost: 'never' },
      { tuple: 4, lost: 'connection-refused', stage: 'connect' },
    ]);
    expect(lostAttempts(state, PINNED).map(({ n }) => n)).to.deep.equal([2, 3]);
    for (const lost of ['host-unreachable', 'source-address', 'left-alone'] as const) {
      const never = new Story().session(0, [{ tuple: 1, lost, stage: 'connect' }]);
      expect(lostAttempts(never.state, PINNED), lost).to.deep.equal([]);
    }
    expect(lostAttempts(state, { ...PINNED, port: 26 })).to.deep.equal([]);
  });
});

describe('an attempt that something else deferred', () => {
  const postscreenFirst = () =>
    new Story()
      .session(0, [{ tuple: 1, reply: BUSY }])
      .session(10, [{ tuple: 2 }, { tuple: 1 }])
      .session(60, [{ tuple: 3 }, { tuple: 1 }]);

  it('leaves open whether the list counts from it', () => {
    const seen = seenOf(postscreenFirst());
    expect(seen.map((one) => one.otherCause)).to.deep.equal([true, false, false, false, false]);
    expect(seen.map((one) => one.fresh)).to.deep.equal([false, true, false, true, false]);
    const last = seen.at(-1)?.aged;
    expect(last?.age.low).to.be.closeTo(49.9, 0.01);
    expect(last?.age.high).to.be.closeTo(60.2, 0.01);
    expect(seen[2]?.aged, 'the list may have met it there').to.equal(null);
  });

  it('has the age of its tuple, where the list had met that', () => {
    const story = new Story().session(0, [{ tuple: 1 }]).session(60, [{ tuple: 1, reply: BUSY }]);
    expect(seenOf(story).at(-1)).to.deep.include({
      otherCause: true,
      age: { low: 59.9, high: 60.1 },
    });
  });

  it('is told by its words also where all is answered before the sender is heard', () => {
    const stage = 'connect';
    const story = new Story()
      .session(0, [{ tuple: 1, stage }])
      .session(60, [{ tuple: 2, stage, reply: BUSY }]);
    expect(seenOf(story).map((one) => one.otherCause)).to.deep.equal([false, true]);
  });

  it('is no rejection', () => {
    const seen = seenAttempts(shortStory(['0: 1x', '60: 2!']), PINNED);
    expect(seen.map((one) => one.otherCause)).to.deep.equal([false, false]);
  });

  it('came at an earlier stage than the list', () => {
    const story = new Story().session(0, [{ tuple: 1, stage: 'mail' }]).session(10, [{ tuple: 1 }]);
    expect(seenOf(story).map((one) => one.otherCause)).to.deep.equal([true, false]);
  });

  it('was the first answer to its tuple, in other words than the first one of all', () => {
    const full: Reply = { code: 451, enhanced: '4.7.1', text: ['Come back another day'] };
    const story = new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2, reply: full }, { tuple: 3 }])
      .session(60, [
        { tuple: 1, reply: { ...full, text: ['Greylisted, 240 s to go'] } },
        { tuple: 2, reply: full },
      ]);
    expect(seenOf(story).map((one) => one.otherCause)).to.deep.equal([
      ...[false, true, false],
      ...[false, true],
    ]);
  });

  it('is any in a session in which a new tuple was told the same', () => {
    const vague: Partial<Reply> = { enhanced: null, text: ['Temporary local problem'] };
    const seen = seenOf(
      new Story()
        .session(0, [{ tuple: 1 }])
        .session(60, [
          { tuple: 2, reply: vague },
          { tuple: 1, reply: vague },
        ])
        .session(120, [{ tuple: 3 }, { tuple: 1, reply: vague }]),
    );
    expect(seen.map(({ otherCause }) => otherCause)).to.deep.equal([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('is told apart only where another deferral may be greylisting', () => {
    const story = new Story()
      .session(0, [{ tuple: 1, reply: BUSY }])
      .session(10, [{ tuple: 1, reply: BUSY }]);
    expect(seenOf(story).map((one) => one.otherCause)).to.deep.equal([false, false]);
  });

  it('may have been the first that the list saw of a tuple which passes then', () => {
    const story = new Story()
      .session(0, [{ tuple: 1, reply: BUSY }, { tuple: 2 }])
      .session(60, [{ tuple: 1, reply: ACCEPTED }]);
    const pass = firstPass(seenOf(story));
    expect(pass?.attempt.n).to.equal(3);
    expect(pass?.aged).to.include({ planted: 1, session: 2, accepted: true });
    expect(pass?.age.low).to.equal(0);
    expect(pass?.age.high).to.be.closeTo(60.1, 0.01);
  });

  it('shows nothing of a given sender that the list then lets in: it may know it', () => {
    const given = { kind: 'list', addresses: ['a@sender.example', 'b@sender.example'] } as const;
    const story = new Story({ senders: given })
      .session(0, [{ tuple: 1, reply: BUSY }])
      .session(60, [{ tuple: 2 }, { tuple: 1, reply: ACCEPTED }])
      .session(90, [{ tuple: 1, reply: ACCEPTED }]);
    expect(seenOf(story).map(isLetInUnmet)).to.deep.equal([false, false, true, false]);
    expect(firstPass(seenOf(story))).to.equal(null);
    expect(windowObservations(seenOf(story), true)).to.deep.equal([]);
    expect(assess(story.state).first?.attempt.n, 'who waits is measured').to.equal(2);
  });

  it('may have been one more try to a list of client addresses', () => {
    const pooled = pooledObservations(seenOf(postscreenFirst()), []) ?? [];
    expect(pooled[0]?.age.high, 'since the first of all').to.be.closeTo(10.2, 0.01);
  });
});

describe('a refusal is one of the list', () => {
  const counted = (...lines: readonly string[]) =>
    windowObservations(seenAttempts(shortStory(lines), PINNED), true).map((one) => one.attempt);

  it('in the words of its first one', () => {
    expect(counted('0: 1x 2x', '60: 1x 2x')).to.deep.equal([3, 4]);
    expect(counted('0: 1x 2x 3x', '60: 1x 2x 3~')).to.deep.equal([4, 5]);
    expect(counted('0: 1x 2x', '60: 1x 2~'), 'half of the later ones').to.deep.equal([3]);
  });

  it('or in those in which most of the later ones are', () => {
    expect(counted('0: 1x', '60: 1~')).to.deep.equal([2]);
    expect(counted('0: 1x 2x 3x', '60: 1x 2~ 3~')).to.deep.equal([4, 5, 6]);
  });

  it('in any words where neither is known', () => {
    expect(counted('0: 1? 2?', '60: 1x 2x', '120: 1x 2~')).to.deep.equal([5, 6]);
  });
});

describe('a list remembers whom it has let in', () => {
  it('in the connections in which one passes once more', () => {
    const lines = ['0: 1x 2x', '60: 1o', '120: 3x 1o', '180: 1x', '240: 2o'];
    expect([...rememberedIn(seenAttempts(shortStory(lines), PINNED))]).to.deep.equal([3]);
  });
});

describe('a tuple is refused again after it had passed', () => {
  const isRefused = (...lines: readonly string[]) =>
    isRefusedAgain(seenAttempts(shortStory(lines), PINNED));

  it('in the words of the list, within an hour of its last pass', () => {
    expect(isRefused('0: 1x 2x', '60: 1o', '70: 1x')).to.equal(true);
    expect(isRefused('0: 1x 2x', '60: 1o', '70: 1o', '80: 2x')).to.equal(false);
    expect(isRefused('0: 1x 2x', '60: 1o', '3660: 1x')).to.equal(true);
    expect(isRefused('0: 1x 2x', '60: 1o', '3661: 1x')).to.equal(false);
    expect(isRefused('0: 1x 2x', '60: 1o', '3600: 1o', '7000: 1x')).to.equal(true);
    expect(isRefused('0: 1x 2x', '60: 1o', '3600: 2o', '7000: 1x'), 'not of another').to.equal(
      false,
    );
    expect(isRefused('0: 1x 2x', '60: 1o', '70: 1!'), 'a rejection is none').to.equal(false);
  });
});

describe('a client was made to wait after it had been let in', () => {
  const wasMade = (...lines: readonly string[]) => {
    const seen = seenAttempts(shortStory(lines), PINNED);
    const letIn = seen.find((one) => one.end.outcome === 'accepted') ?? expect.fail();
    return isDeferredAfter(seen, letIn);
  };

  it('within an hour of the last time', () => {
    expect(wasMade('0: 1x', '60: 1o', '3660: 2x')).to.equal(true);
    expect(wasMade('0: 1x', '60: 1o', '3661: 2x')).to.equal(false);
    expect(wasMade('0: 1x', '60: 1o', '3600: 1o', '7000: 2x')).to.equal(true);
    expect(wasMade('0: 1x', '60: 1o', '70: 2o')).to.equal(false);
    expect(wasMade('0: 1x', '60: 2x 1o'), 'before it').to.equal(false);
    expect(wasMade('0: 1x', '60: 1o', '70: 2!'), 'a rejection is no wait').to.equal(false);
  });
});

describe('a pass lets in more than its tuple', () => {
  it('where a fresh one of the same kind is let in after it, and nobody waits then', () => {
    const lets = (...after: readonly Told[]) => {
      const seen = seenOf(
        new Story()
          .session(0, [{ tuple: 1 }])
          .session(60, [{ tuple: 1, reply: ACCEPTED }])
          .session(70, after),
      );
      return isLetInAfter(seen, firstPass(seen) ?? expect.fail());
    };
    const fresh: Told = { tuple: 2, reply: ACCEPTED };
    expect(lets(fresh)).to.equal(true);
    expect(lets(fresh, { tuple: 3 })).to.equal(false);
    expect(lets({ ...fresh, sender: 'b@another.example' })).to.equal(false);
    expect(lets({ tuple: 1, reply: ACCEPTED }), 'who had passed shows nothing').to.equal(false);
  });
});

describe('what the window follows from', () => {
  it('leaves out deferrals that say something else than greylisting', () => {
    const told = (reply: Partial<Reply>) =>
      seenOf(new Story().session(0, [{ tuple: 1, reply }]).session(60, [{ tuple: 1, reply }]));
    expect(windowObservations(told(BUSY), true)).to.deep.equal([]);
    expect(windowObservations(told({}), true)).to.have.length(1);
  });

  const passed = () =>
    new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2 }, { tuple: 3 }])
      .session(10, [{ tuple: 4 }])
      .session(60, [{ tuple: 1, reply: ACCEPTED }]);

  it('leaves out what passed after the first pass let fresh tuples in', () => {
    const seen = seenOf(
      passed()
        .session(62, [{ tuple: 2, reply: ACCEPTED }])
        .session(63, [{ tuple: 5, reply: ACCEPTED }]),
    );
    const pass = firstPass(seen);
    expect(pass?.attempt.n).to.equal(5);
    expect(pass !== null && isLetInAfter(seen, pass)).to.equal(true);
    const used = windowObservations(seen, true);
    expect(used.map((one) => one.attempt)).to.deep.equal([5]);
  });

  it('leaves out a pass of a tuple that the list never refused, where others had to wait later', () => {
    const story = () =>
      new Story()
        .session(0, [{ tuple: 1 }])
        .session(3, [{ tuple: 2, reply: BUSY }])
        .session(60, [{ tuple: 2, reply: ACCEPTED }]);
    expect(firstPass(seenOf(story()))?.attempt.n).to.equal(3);
    const known = seenOf(story().session(63, [{ tuple: 1 }]));
    expect(firstPass(known)).to.equal(null);
    expect(windowObservations(known, true).map((one) => one.attempt)).to.deep.equal([4]);
  });

  it('counts a later pass where a control is still to come', () => {
    const seen = seenOf(passed().session(62, [{ tuple: 2, reply: ACCEPTED }]));
    expect(windowObservations(seen, true).map((one) => one.attempt)).to.include(6);
  });

  it('does not count a later pass where nothing showed that others are still kept out', () => {
    const seen = seenOf(passed().session(62, [{ tuple: 2, reply: ACCEPTED }]));
    expect(windowObservations(seen, false).map((one) => one.attempt)).to.not.include(6);
  });

  const acceptedOf = (story: Story) =>
    windowObservations(seenOf(story), false).flatMap((one) => (one.accepted ? [one.attempt] : []));

  it('counts it where a younger tuple was deferred soon after, or a fresh one right before', () => {
    const after = passed().session(62, [{ tuple: 2, reply: ACCEPTED }, { tuple: 4 }]);
    const before = passed().session(62, [{ tuple: 6 }, { tuple: 2, reply: ACCEPTED }]);
    expect(acceptedOf(after)).to.deep.equal([5, 6]);
    expect(acceptedOf(before)).to.deep.equal([5, 7]);
    const letIn = before.session(64, [{ tuple: 7, reply: ACCEPTED }]);
    expect(acceptedOf(letIn), 'the client was let in').to.deep.equal([5]);
  });

  it('does not count it by an old one that was deferred before: the way may be open since then', () => {
    const story = passed().session(62, [{ tuple: 4 }, { tuple: 2, reply: ACCEPTED }]);
    expect(acceptedOf(story)).to.deep.equal([5]);
    const behind = passed().session(62, [
      { tuple: 6 },
      { tuple: 3, reply: ACCEPTED },
      { tuple: 2, reply: ACCEPTED },
    ]);
    expect(acceptedOf(behind), 'nor behind another pass').to.deep.equal([5, 7]);
  });
});

describe('the same attempts as a list of client addresses sees them', () => {
  it('are one tuple, up to the first acceptance', () => {
    const seen = seenOf(
      new Story()
        .session(0, [{ tuple: 1 }, { tuple: 2 }])
        .session(60, [{ tuple: 3, reply: ACCEPTED }])
        .session(90, [{ tuple: 1, reply: ACCEPTED }]),
    );
    const pooled = pooledObservations(seen, []) ?? [];
    expect(pooled.map((one) => [one.attempt, one.accepted])).to.deep.equal([
      [2, false],
      [3, true],
    ]);
    expect(pooled[1]?.age).to.deep.equal({ low: 59.9, high: 60.1 });
    expect(pooled[1]?.gap).to.deep.equal({ low: 59.8, high: 60 });
  });

  it('are none where somebody was deferred after one had been let in', () => {
    const story = new Story()
      .session(0, [{ tuple: 1 }])
      .session(60, [{ tuple: 1, reply: ACCEPTED }, { tuple: 2 }]);
    expect(pooledObservations(seenOf(story), [])).to.equal(null);
  });

  it('go on where the deferral came when the list had forgotten whom it let in', () => {
    const story = new Story()
      .session(0, [{ tuple: 1 }])
      .session(60, [{ tuple: 1, reply: ACCEPTED }])
      .session(86_400, [{ tuple: 2 }]);
    const pooled = pooledObservations(seenOf(story), []) ?? [];
    expect(pooled.map((one) => one.accepted)).to.deep.equal([true]);
  });

  it('leave out who was let in at once while others wait', () => {
    const story = new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2, reply: ACCEPTED }])
      .session(60, [{ tuple: 1 }]);
    const pooled = pooledObservations(seenOf(story), []) ?? [];
    expect(pooled.map((one) => one.accepted)).to.deep.equal([false]);
  });

  it('are met anew by each machine with a name of its own', () => {
    const story = new Story()
      .session(0, [{ tuple: 1 }])
      .session(60, [{ tuple: 2 }])
      .session(300, [{ tuple: 3 }]);
    const machines = ['mx1.example.org', 'mx2.example.org', 'mx2.example.org'];
    const seen = seenOf(story).map((one, index) => ({ ...one, machine: machines[index] ?? null }));
    const pooled = pooledObservations(seen, []) ?? [];
    expect(pooled.map(({ age }) => [Math.round(age.low), Math.round(age.high)])).to.deep.equal([
      [0, 60],
      [240, 300],
    ]);
  });

  it('are known to each of these since its own first try, also at the try before', () => {
    const story = new Story();
    for (const [index, seconds] of [0, 60, 120, 300].entries()) {
      story.session(seconds, [{ tuple: index + 1 }]);
    }
    const machines = ['mx1', 'mx2', 'mx2', 'mx2'].map((name) => `${name}.example.org`);
    const seen = seenOf(story).map((one, index) => ({ ...one, machine: machines[index] ?? null }));
    const before = pooledObservations(seen, [])?.map(({ previousAge }) => previousAge);
    expect(before?.[1]?.low, 'mx2 had met it once').to.equal(0);
    expect(before?.[2]?.low, 'mx2 met it at 60 s, and again at 120 s').to.be.closeTo(59.9, 0.01);
  });

  it('may have been tried again by every attempt that was lost', () => {
    const story = new Story()
      .session(0, [{ tuple: 1 }])
      .session(50, [{ tuple: 2, lost: 'timeout' }])
      .session(60, [{ tuple: 3, reply: ACCEPTED }]);
    const lost = lostAttempts(story.state, PINNED);
    const [one] = pooledObservations(seenOf(story), lost) ?? [];
    expect(one?.gap.low).to.be.closeTo(9.9, 0.01);
    expect(one?.gap.high).to.be.closeTo(60.1, 0.01);
    expect(one?.previousAge, 'it was not left alone').to.not.equal(null);
  });
});
