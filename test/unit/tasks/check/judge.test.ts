import { expect } from 'chai';
import fc from 'fast-check';
import type { Judgement } from '../../../../src/contract/check-result.js';
import type { ProbeResult } from '../../../../src/contract/probe-result.js';
import { exactWindow } from '../../../../src/core/advice/acceptance-window.js';
import { adviseSender } from '../../../../src/core/advice/sender-advice.js';
import { sendersNamed } from '../../../../src/core/advice/senders.js';
import type { Expectations } from '../../../../src/tasks/check/expectations.js';
import { judge } from '../../../../src/tasks/check/judge.js';
import { type Observed, obstacleOf } from '../../../../src/tasks/check/observed.js';
import { measuredResult } from '../../report/formats/support/reports.js';

type Window = NonNullable<ProbeResult['window']>;

/** What a server really does, and what a run could have seen of it. */
interface Case {
  readonly opensSeconds: number;
  readonly closesSeconds: number;
  readonly seen: Window;
}

const seconds = (max: number) => fc.integer({ min: 1, max });

/** Brackets that contain the truth; each bound may be missing. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    opensSeconds: seconds(7200),
    open: seconds(200_000),
    below: fc.double({ min: 0, max: 1, noNaN: true }),
    above: fc.double({ min: 0, max: 1, noNaN: true }),
    closesBelow: fc.double({ min: 0, max: 1, noNaN: true }),
    closesAbove: seconds(5000),
    known: fc.record({ after: fc.boolean(), by: fc.boolean(), closed: fc.boolean() }),
  })
  .map(({ opensSeconds, open, below, above, closesBelow, closesAbove, known }) => {
    const closesSeconds = opensSeconds + open;
    const by = opensSeconds + above * Math.min(open, 3600);
    const lastSeen = by + closesBelow * (closesSeconds - by);
    return {
      opensSeconds,
      closesSeconds,
      seen: {
        opens: {
          afterSeconds: known.after ? below * opensSeconds * 0.999 : null,
          bySeconds: known.by ? by : null,
        },
        closes: {
          afterSeconds: known.by ? lastSeen : null,
          bySeconds: known.by && known.closed ? closesSeconds + closesAbove : null,
        },
      },
    };
  });

const limits = fc.integer({ min: 1, max: 210_000 });

describe('judge', () => {
  let greylisted: ProbeResult;
  before(async () => {
    greylisted = await measuredResult();
  });

  function observed(changes: Partial<ProbeResult> = {}, more: Partial<Observed> = {}): Observed {
    return {
      result: { ...greylisted, ...changes },
      tlsOffered: null,
      reached: null,
      hostsShareState: null,
      ...more,
    };
  }

  function one(expectations: Expectations, about: Observed): Judgement {
    const [judgement, ...others] = judge(expectations, about);
    if (judgement === undefined || others.length > 0) throw new Error('not one judgement');
    return judgement;
  }

  function verdict(changes: Partial<ProbeResult['verdict']>): ProbeResult['verdict'] {
    return { ...greylisted.verdict, ...changes };
  }

  /** Never a claim that the truth contradicts. */
  function expectTrue({ outcome }: Judgement, holds: boolean): void {
    if (outcome === 'passed') expect(holds).to.equal(true);
    if (outcome === 'failed') expect(holds).to.equal(false);
  }

  it('does not judge greylisting by a host that may know the sender', () => {
    const letIn = (confidence: 'likely' | 'confirmed') =>
      observed({ verdict: verdict({ kind: 'accepted', confidence }), window: null });
    expect(one({ verdict: ['greylisted'] }, letIn('likely'))).to.include({
      outcome: 'not-judged',
      reason: 'let-in',
    });
    expect(one({ verdict: ['greylisted'] }, letIn('confirmed')).outcome).to.equal('failed');
    expect(one({ verdict: ['greylisted', 'accepted'] }, letIn('likely')).outcome).to.equal(
      'passed',
    );
  });

  it('never claims of an opening or a closing what the truth contradicts', () => {
    fc.assert(
      fc.property(cases, limits, ({ opensSeconds, closesSeconds, seen }, limit) => {
        const about = observed({ window: seen });
        expectTrue(one({ opensNoLaterThan: limit }, about), opensSeconds <= limit);
        expectTrue(one({ opensNoEarlierThan: limit }, about), opensSeconds >= limit);
        expectTrue(one({ closesNoEarlierThan: limit }, about), closesSeconds >= limit);
      }),
      { numRuns: 2000 },
    );
  });

  it('decides wherever the limit lies outside the bracket', () => {
    fc.assert(
      fc.property(cases, limits, ({ seen }, limit) => {
        const { afterSeconds, bySeconds } = seen.opens;
        const outside =
          (bySeconds !== null && bySeconds < limit) ||
          (afterSeconds !== null && afterSeconds >= limit);
        const { outcome, reason } = one({ opensNoLaterThan: limit }, observed({ window: seen }));
        if (outside) expect(outcome).to.not.equal('not-judged');
        else if (bySeconds !== limit) expect(reason).to.match(/bracket-too-wide|inconclusive/u);
      }),
    );
  });

  it('never claims of a landing what the true window contradicts', () => {
    const senders = ['postfix', 'exchange-2003', 'qmail', 'exim-debian-q30m'];
    fc.assert(
      fc.property(cases, limits, fc.constantFrom(...senders), (about, limit, name) => {
        const { opensSeconds, closesSeconds, seen } = about;
        const [sender] = sendersNamed(name);
        if (sender === undefined) throw new Error(`no sender ${name}`);
        const judgement = one(
          { landsWithin: { [name]: limit } },
          observed({ window: seen, warnings: [] }),
        );
        const truth = adviseSender(sender, exactWindow(opensSeconds, closesSeconds));
        const latest = truth?.surelyBySeconds ?? null;
        // An unseen closing is taken to come after a day, here and in the advice.
        fc.pre(seen.closes.bySeconds !== null || closesSeconds >= 86_400);
        expectTrue(judgement, latest !== null && latest <= limit);
      }),
      // A landing over all phases of a queue takes its time.
      { numRuns: 100 },
    );
  });

  describe('of a landing', () => {
    const seen = (opens: [number, number], closes: [number, number] | [number, null]) =>
      observed({
        window: {
          opens: { afterSeconds: opens[0], bySeconds: opens[1] },
          closes: { afterSeconds: closes[0], bySeconds: closes[1] },
        },
        warnings: [],
      });

    it('claims nothing where only a try near an edge decides', () => {
      // Its first retry comes after 900 s, just as the window opens.
      const about = seen([899, 900], [1200, 1210]);
      expect(one({ landsWithin: { 'iis-smtp': 1000 } }, about)).to.include({
        outcome: 'not-judged',
        reason: 'near-an-edge',
      });
    });

    it('claims nothing where another document decides', () => {
      const about = seen([298, 301], [7100, 7101]);
      const judgement = one({ landsWithin: { 'exchange-2019': 600 } }, about);
      expect(judgement).to.include({ outcome: 'not-judged', reason: 'schedule-unknown' });
      expect(judgement.found).to.match(
        /^Lands after 10 min.* By MessageRetryInterval 15 min .* it may not\.$/u,
      );
      const late = one({ landsWithin: { 'exchange-online': 1900 } }, about);
      expect(late).to.include({ outcome: 'not-judged', reason: 'schedule-unknown' });
      expect(late.found).to.match(/^Lands .* By 30 min, then every hour .* it may land\.$/u);
      expect(one({ landsWithin: { 'exchange-2019': 200 } }, about).outcome).to.equal('failed');
    });

    it('says that a closing edge which was not seen is assumed', () => {
      const unseen = one({ landsWithin: { postfix: 3600 } }, seen([4, 5], [9, null]));
      expect(unseen.outcome).to.equal('passed');
      expect(unseen.found).to.contain('it was not seen to close');
      expect(unseen.values).to.include({ closingAssumed: true });
      const long = one({ landsWithin: { postfix: 3600 } }, seen([4, 5], [7200, null]));
      expect(long.values).not.to.have.property('closingAssumed');
    });

    it('sends on to wait longer where no retry passed', () => {
      const about = observed({
        window: {
          opens: { afterSeconds: 2, bySeconds: null },
          closes: { afterSeconds: null, bySeconds: null },
        },
      });
      expect(one({ landsWithin: { postfix: 3600 } }, about)).to.include({
        outcome: 'not-judged',
        reason: 'inconclusive',
        found: 'no retry was seen to pass; --max-wait waits longer',
      });
    });
  });

  describe('never passes and never fails', () => {
    const everything: Expectations = {
      verdict: ['greylisted'],
      opensNoLaterThan: 600,
      opensNoEarlierThan: 1,
      closesNoEarlierThan: 60,
      confidenceAtLeast: 'likely',
      landsWithin: { postfix: 3600 },
      hostsShareState: true,
      noHostUnreachable: true,
      tlsOffered: true,
    };
    const obstacles = {
      throttled: { reason: 'throttled' },
      unreachable: { verdict: 'unreachable' },
      'not-yet': { state: 'paused', reason: 'not-yet' },
      interrupted: { state: 'paused', reason: 'interrupted' },
    } as const;

    for (const [reason, change] of Object.entries(obstacles)) {
      it(`what is ${reason}`, () => {
        const about = observed({
          ...change,
          verdict: 'verdict' in change ? verdict({ kind: 'unreachable' }) : greylisted.verdict,
        });
        for (const judgement of judge(everything, about)) {
          expect([judgement.expectation, judgement.outcome, judgement.reason]).to.deep.equal([
            judgement.expectation,
            'not-judged',
            reason,
          ]);
        }
      });
    }

    it('what is inconclusive, but for the confidence that the user asked for', () => {
      const about = observed({ verdict: verdict({ confidence: 'possible' }) });
      const outcomes = judge(everything, about).map((one) => [one.expectation, one.outcome]);

      expect(outcomes.filter(([, outcome]) => outcome !== 'not-judged')).to.deep.equal([
        ['confidenceAtLeast', 'failed'],
      ]);
    });
  });

  it('judges no window of a look-alike or a rejection, but its verdict', () => {
    for (const kind of ['deferred', 'rejected', 'no-mail-service'] as const) {
      const about = observed({ verdict: verdict({ kind }), window: null });

      expect(one({ opensNoLaterThan: 60 }, about).reason).to.equal('not-greylisted');
      expect(one({ landsWithin: { postfix: 60 } }, about).reason).to.equal('not-greylisted');
      expect(one({ verdict: ['greylisted'] }, about).outcome).to.equal('failed');
      expect(one({ verdict: ['greylisted', kind] }, about).outcome).to.equal('passed');
    }
  });

  it('takes a host that accepts at once as open from the start', () => {
    const about = observed({ verdict: verdict({ kind: 'accepted' }), window: null });

    expect(one({ opensNoLaterThan: 60 }, about).outcome).to.equal('passed');
    expect(one({ opensNoEarlierThan: 60 }, about).outcome).to.equal('failed');
    expect(one({ closesNoEarlierThan: 60 }, about).outcome).to.equal('passed');
    expect(one({ landsWithin: { 'exchange-2003': 1 } }, about).outcome).to.equal('passed');
  });

  it('passes a host out of reach only where just that was expected', () => {
    const about = observed({ verdict: verdict({ kind: 'unreachable' }) });

    expect(one({ verdict: ['unreachable'] }, about).outcome).to.equal('passed');
  });

  it('takes a DNS that does not answer for no host out of reach', () => {
    const about = observed({ verdict: verdict({ kind: 'unreachable' }), mailHosts: [] });
    const { outcome, reason } = one({ verdict: ['unreachable'] }, about);

    expect([outcome, reason]).to.deep.equal(['not-judged', 'unreachable']);
  });

  it('says of a closing that the window never opened, where that is why', () => {
    const opens = { afterSeconds: 900, bySeconds: null };
    const window = { opens, closes: { afterSeconds: null, bySeconds: null } };
    const { outcome, found } = one({ closesNoEarlierThan: 60 }, observed({ window }));

    expect([outcome, found]).to.deep.equal([
      'not-judged',
      'not open up to 900 s; --max-wait waits longer',
    ]);
  });

  it('judges a sender once, by its own limit, else by the shortest of its groups', () => {
    const expectedOf = (landsWithin: Record<string, number>) =>
      judge({ landsWithin }, observed()).map(({ expectation, values }) => [
        expectation,
        values['limitSeconds'],
      ]);

    const limits = expectedOf({ postfix: 1200, common: 3600, 'exchange-2000,qmail': 1800 });
    const names = limits.map(([name]) => name);
    expect(new Set(names).size).to.equal(names.length);
    expect(Object.fromEntries(limits)).to.include({
      'landsWithin.postfix': 1200,
      'landsWithin.sendmail-debian': 3600,
      'landsWithin.exchange-2003': 1800,
      'landsWithin.qmail': 1800,
    });
    expect(expectedOf({ common: 60, ' Postfix': 90 })).to.deep.include(['landsWithin.postfix', 90]);
  });

  it('tells hosts that are silent beside others from a way that is closed', () => {
    const host = (name: string, reached: boolean | null) => ({ name, reached, says: 'refused' });
    const reached = (...hosts: ReturnType<typeof host>[]) =>
      one({ noHostUnreachable: true }, observed({}, { reached: hosts }));

    expect(reached(host('a', true), host('b', true)).outcome).to.equal('passed');
    expect(reached(host('a', true), host('b', false)).found).to.equal('b: refused');
    expect(reached(host('a', true), host('b', false)).outcome).to.equal('failed');
    expect(reached(host('a', false), host('b', false)).outcome).to.equal('not-judged');
    expect(reached(host('a', true), host('b', null)).outcome).to.equal('not-judged');
    expect(reached(host('a', null), host('b', false)).outcome).to.equal('not-judged');
    expect(reached(host('a', true), host('b', false), host('c', null)).outcome).to.equal('failed');
  });

  it('judges TLS by what was offered, either way', () => {
    const offered = (tlsOffered: boolean | null, wanted: boolean) =>
      one({ tlsOffered: wanted }, observed({}, { tlsOffered })).outcome;

    expect([offered(true, true), offered(false, true)]).to.deep.equal(['passed', 'failed']);
    expect([offered(true, false), offered(false, false)]).to.deep.equal(['failed', 'passed']);
    expect(offered(null, true)).to.equal('not-judged');
  });

  it('sees nothing in the way of a run that was answered', () => {
    expect(obstacleOf(greylisted)).to.equal(null);
  });
});
