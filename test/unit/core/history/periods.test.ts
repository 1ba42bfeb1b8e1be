import { expect } from 'chai';
import fc from 'fast-check';
import { periodsOf } from '../../../../src/core/history/periods.js';
import { compareSightings, type Sighting } from '../../../../src/core/history/sighting.js';
import type { Edge } from '../../../../src/model/time.js';

const UNKNOWN: Edge = { afterSeconds: null, bySeconds: null };
const edge = (afterSeconds: number | null, bySeconds: number | null): Edge => ({
  afterSeconds,
  bySeconds,
});

function greylisted(opens: Edge, closes: Edge = UNKNOWN): Sighting {
  const verdict = { kind: 'greylisted', confidence: 'confirmed', class: 'greylisting' } as const;
  return { verdict, window: { opens, closes } };
}

function other(
  kind: 'accepted' | 'deferred' | 'rejected',
  confidence: 'likely' | 'confirmed' = 'likely',
  cause: 'helo' | 'rate-limit' | null = null,
): Sighting {
  return { verdict: { kind, confidence, class: cause }, window: null };
}

describe('compareSightings', () => {
  const cases: readonly (readonly [what: string, one: Sighting, other: Sighting, is: string])[] = [
    ['brackets that overlap', greylisted(edge(290, 310)), greylisted(edge(280, 301)), 'same'],
    ['an opening that moved', greylisted(edge(290, 301)), greylisted(edge(890, 902)), 'different'],
    ['brackets that touch', greylisted(edge(290, 301)), greylisted(edge(301, 310)), 'different'],
    ['bounds that are missing', greylisted(edge(null, 301)), greylisted(edge(290, null)), 'same'],
    [
      'a closing that moved',
      greylisted(edge(290, 301), edge(7200, 14_400)),
      greylisted(edge(290, 301), edge(28_800, null)),
      'different',
    ],
    ['another refusal', other('deferred', 'likely', 'helo'), other('rejected'), 'different'],
    [
      'another cause',
      other('deferred', 'likely', 'helo'),
      other('deferred', 'likely', 'rate-limit'),
      'different',
    ],
    ['a host that let it in', greylisted(edge(290, 301)), other('accepted'), 'unclear'],
    [
      'a host that is known not to greylist',
      greylisted(edge(290, 301)),
      other('accepted', 'confirmed'),
      'different',
    ],
  ];
  for (const [what, one, two, is] of cases) {
    it(`says ${is} of ${what}, in either order`, () => {
      expect(compareSightings(one, two)).to.equal(is);
      expect(compareSightings(two, one)).to.equal(is);
    });
  }
});

describe('periodsOf', () => {
  it('narrows what does not contradict, and begins anew where it does', () => {
    const seen = [
      greylisted(edge(290, 310)),
      greylisted(edge(280, 301)),
      greylisted(edge(890, 902)),
      other('accepted'),
    ];
    const periods = periodsOf(seen).map(({ runs, window }) => [runs.length, window?.opens ?? null]);
    expect(periods).to.deep.equal([
      [2, edge(290, 301)],
      [1, edge(890, 902)],
      [1, null],
    ]);
  });

  it('finds no change in runs of a host that does not change', () => {
    const bound = fc.double({ min: 0, max: 500, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4000 }),
        fc.array(fc.tuple(bound, bound), { minLength: 1 }),
        (truth, margins) => {
          const seen = margins.map(([below, above]) =>
            greylisted(edge(truth - 0.5 - below, truth + above)),
          );
          const [period, ...others] = periodsOf(seen);
          expect(others).to.deep.equal([]);
          expect(period?.runs).to.have.length(seen.length);
          expect(period?.window?.opens.afterSeconds).to.be.lessThan(truth);
          expect(period?.window?.opens.bySeconds).to.be.at.least(truth);
        },
      ),
      { numRuns: 300, seed: 20261130 },
    );
  });
});
