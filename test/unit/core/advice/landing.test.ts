import { expect } from 'chai';
import fc from 'fast-check';
import { landingOf } from '../../../../src/core/advice/landing.js';
import type { Sender } from '../../../../src/core/advice/sender-schema.js';
import { SENDERS } from '../../../../src/core/advice/senders.js';
import { CHANCE_MODELS, everySecond, MODELS, postfix, stepThrough } from './brute-force.js';

const HOUR = 3_600;
const WINDOWS: readonly (readonly [number, number])[] = [
  [60, 24 * HOUR],
  [300, 48 * HOUR],
  [300, 24 * HOUR],
  [850, 25 * HOUR],
  [1_500, 4 * HOUR],
  [HOUR, 4 * HOUR],
];

function landing(sender: Sender, opens: number, closes: number, restarts: boolean) {
  if (sender.schedule === null) throw new Error(`${sender.id} has no schedule`);
  return landingOf(sender.schedule, sender.giveUp, {
    opensSeconds: opens,
    closesSeconds: closes,
    restartsTimer: restarts,
  });
}

const known = SENDERS.filter(({ schedule }) => schedule !== null);

describe('landing, against a simulation that steps by the second', () => {
  it('has a simulation for every sender whose schedule is known', () => {
    const simulated = [...Object.keys(MODELS), ...Object.keys(CHANCE_MODELS)];
    expect(known.map(({ id }) => id)).to.have.members(simulated);
  });

  for (const sender of known) {
    const model = MODELS[sender.id];
    if (model === undefined) continue;
    it(`agrees for ${sender.id}`, () => {
      for (const [opens, closes] of WINDOWS) {
        const seen = stepThrough(model, { opens, closes, restarts: false });
        const found = landing(sender, opens, closes, false);
        const where = `${opens}..${closes}`;
        expect(found.earliestSeconds, `${where} earliest`).to.equal(seen.earliest);
        expect(found.latestSeconds, `${where} latest`).to.equal(seen.latest);
        expect(found.missChance, `${where} missed`).to.equal(seen.missed / seen.phases);
      }
    });
  }

  for (const id of ['postfix', 'exim-debian-q30m', 'qmail', 'haraka', 'exchange-2003', 'zonemta']) {
    it(`agrees for ${id} where early tries start the wait again`, () => {
      const sender = SENDERS.find((one) => one.id === id);
      const model = MODELS[id];
      if (sender === undefined || model === undefined) throw new Error(id);
      for (const [opens, closes] of [
        [300, 24 * HOUR],
        [850, 25 * HOUR],
      ] as const) {
        const seen = stepThrough(model, { opens, closes, restarts: true });
        const found = landing(sender, opens, closes, true);
        expect(found.earliestSeconds).to.equal(seen.earliest);
        expect(found.latestSeconds).to.equal(seen.latest);
      }
    });
  }

  for (const [id, model] of Object.entries(CHANCE_MODELS)) {
    // Waits of whole seconds cannot reach all that factors can: a second is lost at each rounding.
    const tolerance = id === 'dma' ? 3 : 0;
    for (const [opens, closes] of WINDOWS) {
      it(`agrees for every chance of ${id} in ${opens}..${closes}`, () => {
        const sender = SENDERS.find((one) => one.id === id);
        if (sender === undefined) throw new Error(id);
        for (const restarts of opens <= 850 ? [false, true] : [false]) {
          const seen = everySecond(model, { opens, closes, restarts });
          const found = landing(sender, opens, closes, restarts);
          expect(found.missChance).to.equal(seen.earliest === null ? 1 : 0);
          expect(found.earliestSeconds).to.be.closeTo(seen.earliest ?? -1, tolerance);
          expect(found.latestSeconds).to.be.closeTo(seen.latest ?? -1, tolerance);
        }
      });
    }
  }

  it('agrees for fixed schedules in any window, also where they step over it', () => {
    const ids = ['haraka', 'zonemta', 'iis-smtp', 'mailgun', 'exchange-2007plus-queue-edge'];
    fc.assert(
      fc.property(
        fc.constantFrom(...ids),
        fc.integer({ min: 0, max: 30_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.boolean(),
        (id, opens, width, restarts) => {
          const sender = SENDERS.find((one) => one.id === id);
          const model = MODELS[id];
          if (sender === undefined || model === undefined) throw new Error(id);
          const seen = stepThrough(model, { opens, closes: opens + width, restarts });
          expect(landing(sender, opens, opens + width, restarts).earliestSeconds).to.equal(
            seen.earliest,
          );
        },
      ),
    );
  });

  it('agrees for queue scans in any window, with the share of phases that miss', () => {
    const times = {
      scan: fc.integer({ min: 3, max: 40 }),
      wait: fc.integer({ min: 3, max: 40 }),
      longest: fc.integer({ min: 40, max: 300 }),
      giveUp: fc.integer({ min: 200, max: 2_000 }),
      opens: fc.integer({ min: 0, max: 900 }),
      width: fc.integer({ min: 0, max: 60 }),
      restarts: fc.boolean(),
    };
    fc.assert(
      fc.property(fc.record(times), ({ scan, wait, longest, giveUp, opens, width, restarts }) => {
        const closes = opens + width;
        const seen = stepThrough(postfix(scan, wait, longest, giveUp), { opens, closes, restarts });
        const found = landingOf(
          {
            kind: 'age-scan',
            scanSeconds: scan,
            minWaitSeconds: wait,
            maxWaitSeconds: longest,
            earlySeconds: 1,
            attemptSeconds: 2,
          },
          { seconds: giveUp, test: 'failed-try', confidence: 'source' },
          { opensSeconds: opens, closesSeconds: closes, restartsTimer: restarts },
        );
        expect([found.earliestSeconds, found.latestSeconds, found.missChance]).to.deep.equal([
          seen.earliest,
          seen.latest,
          seen.missed / seen.phases,
        ]);
      }),
    );
  });
});
