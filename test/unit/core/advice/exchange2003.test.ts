import { expect } from 'chai';
import fc from 'fast-check';
import * as v from 'valibot';
import { type AgeWindow, exactWindow } from '../../../../src/core/advice/acceptance-window.js';
import { recommendGlitchRetry } from '../../../../src/core/advice/exchange2003.js';
import {
  Exchange2003Schema,
  type GlitchCandidate,
} from '../../../../src/core/advice/exchange2003-schema.js';

const DAY = 86_400;
const POSTGREY = exactWindow(300, 2 * DAY);

function measured(
  opens: readonly [number | null, number | null],
  closes: readonly [number | null, number | null],
): AgeWindow {
  return {
    opens: { afterSeconds: opens[0], bySeconds: opens[1] },
    closes: { afterSeconds: closes[0], bySeconds: closes[1] },
  };
}

function candidate(window: AgeWindow, label: string, restartsTimer = false): GlitchCandidate {
  const found = recommendGlitchRetry(window, { restartsTimer }).candidates.find((c) =>
    c.label.includes(label),
  );
  if (found === undefined) throw new Error(`no candidate ${label}`);
  return found;
}

const fates = (c: GlitchCandidate): string[] => c.attempts.map(({ fate }) => fate);

describe('recommendGlitchRetry', () => {
  it('lets the first glitch retry land behind a 300 s greylist', () => {
    const advice = recommendGlitchRetry(POSTGREY);
    expect(advice.glitchRetrySeconds).to.equal(310);
    expect(advice.change).to.equal(true);
    const recommended = candidate(POSTGREY, 'recommended');
    expect(recommended.safe).to.equal(true);
    expect(fates(recommended)[0]).to.equal('lands');
  });

  it('shows why the default and the often quoted 120 do not', () => {
    const byDefault = candidate(POSTGREY, 'default');
    expect(byDefault.attempts.map(({ atSeconds }) => atSeconds)).to.deep.equal([60, 120, 180]);
    expect(byDefault.safe).to.equal(false);
    expect(fates(byDefault)).to.deep.equal(['too-early', 'too-early', 'too-early']);

    const quoted = candidate(POSTGREY, 'often quoted');
    expect(quoted.attempts.map(({ atSeconds }) => atSeconds)).to.deep.equal([120, 240, 360]);
    expect(quoted.attempts.map(({ certain }) => certain)).to.deep.equal([true, true, false]);
    expect(quoted.safe).to.equal(false);
    expect(fates(quoted)).to.deep.equal(['too-early', 'too-early', 'lands']);
    expect(quoted.says).to.contain('only if a third');
  });

  it('gives the smallest value under each reading of the documents', () => {
    expect(recommendGlitchRetry(POSTGREY).smallestSeconds).to.deep.equal({
      ifTwoRetries: 155,
      ifThreeRetries: 104,
    });
  });

  it('lets any of the retries land for the smallest value, where the last one has no room', () => {
    // 3 x 103 is too early for 310..311 and 3 x 104 too late; 2 x 155 lands.
    expect(recommendGlitchRetry(exactWindow(300, 321)).smallestSeconds).to.deep.equal({
      ifTwoRetries: 155,
      ifThreeRetries: 155,
    });
  });

  it('has no smaller value that works than the smallest', () => {
    const narrow = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 20, max: 300 }));
    fc.assert(
      fc.property(narrow, fc.boolean(), ([opens, width], restartsTimer) => {
        const advice = recommendGlitchRetry(exactWindow(opens, opens + width), { restartsTimer });
        const works = (g: number, retries: number): boolean =>
          Array.from({ length: restartsTimer ? 1 : retries }, (_, i) => (i + 1) * g).some(
            (at) => at >= opens + 10 && at <= opens + width - 10,
          );
        for (const [retries, smallest] of [
          [2, advice.smallestSeconds.ifTwoRetries],
          [3, advice.smallestSeconds.ifThreeRetries],
        ] as const) {
          const all = Array.from({ length: 1_300 }, (_, i) => i + 1);
          expect(smallest).to.equal(all.find((g) => works(g, retries)) ?? null);
        }
      }),
    );
  });

  it('keeps the default where it lands with a margin', () => {
    const advice = recommendGlitchRetry(exactWindow(20, DAY));
    expect(advice.glitchRetrySeconds).to.equal(60);
    expect(advice.change).to.equal(false);
    expect(advice.candidates[0]?.label).to.equal('default, recommended');
    expect(advice.price).to.contain('None');
  });

  it('does not trust the default on the very edge', () => {
    const advice = recommendGlitchRetry(exactWindow(60, DAY));
    expect(advice.glitchRetrySeconds).to.equal(70);
    expect(fates(candidate(exactWindow(60, DAY), 'default'))[0]).to.equal('edge');
  });

  it('has no value for a window too narrow for its margins, and says why', () => {
    const advice = recommendGlitchRetry(exactWindow(300, 315));
    expect(advice.glitchRetrySeconds).to.equal(null);
    expect(advice.basis).to.contain('no room');
    expect(advice.candidates.map(({ safe }) => safe)).to.deep.equal([false, false]);
  });

  it('has no value for a window that opens after Exchange gave up', () => {
    const advice = recommendGlitchRetry(exactWindow(3 * DAY, 5 * DAY));
    expect(advice.glitchRetrySeconds).to.equal(null);
    expect(advice.basis).to.contain('gives up');
  });

  it('has no value before anything was accepted', () => {
    const advice = recommendGlitchRetry(measured([240, null], [null, null]));
    expect(advice.glitchRetrySeconds).to.equal(null);
    expect(advice.basis).to.contain('still refused');
    expect(advice.closesAtSeconds).to.equal(null);
  });

  it('assumes an unseen closing edge and says so', () => {
    const advice = recommendGlitchRetry(measured([290, 302], [302, null]));
    expect(advice.glitchRetrySeconds).to.equal(320);
    expect(advice.closingAssumed).to.equal(true);
    expect(advice.closesAtSeconds).to.equal(DAY);
    expect(advice.basis).to.contain('assumed');
  });

  it('does not assume an opening between the last acceptance and a later refusal', () => {
    const advice = recommendGlitchRetry(measured([290, 302], [302, 3600]));
    expect(advice.glitchRetrySeconds).to.equal(null);
    expect(advice.basis).to.contain('were not tried');
  });

  it('calls an age that nobody measured perhaps', () => {
    const window = measured([100, 302], [null, null]);
    expect(fates(candidate(window, 'default'))).to.deep.equal(['too-early', 'perhaps', 'perhaps']);
  });

  it('counts early tries as harm where they start the wait again', () => {
    const restarting = recommendGlitchRetry(POSTGREY, { restartsTimer: true });
    expect(restarting.glitchRetrySeconds).to.equal(310);
    expect(restarting.smallestSeconds).to.deep.equal({ ifTwoRetries: 310, ifThreeRetries: 310 });
    expect(fates(candidate(POSTGREY, 'often quoted', true))).to.deep.equal([
      'too-early',
      'too-early',
      'too-early',
    ]);
  });

  it('starts anew after a try behind the closing edge', () => {
    expect(fates(candidate(exactWindow(30, 50), 'default'))).to.deep.equal([
      'too-late',
      'too-late',
      'too-late',
    ]);
  });

  it('offers the Delivery tab and names what is not verified', () => {
    const tab = recommendGlitchRetry(POSTGREY).deliveryTab;
    expect(tab?.firstRetryMinutes).to.equal(4);
    expect(tab?.landsSeconds).to.deep.equal([360, 420]);
    expect(tab?.says).to.contain('not verified');
  });

  it('bounds the interval of the Delivery tab where the window closes soon', () => {
    const says = (closes: number) =>
      recommendGlitchRetry(exactWindow(300, closes)).deliveryTab?.says ?? '';
    expect(says(430)).to.contain('to 4 min and leave');
    // 300 s after the third glitch retry would be 480 s: beyond 485 s less the margin.
    expect(says(485)).to.contain('to 4 min and leave');
    expect(says(490)).to.contain('to 4 to 5 min and leave');
  });

  it('shows the value that is set beside the others', () => {
    const { candidates } = recommendGlitchRetry(POSTGREY, { setSeconds: 200 });
    expect(candidates.map(({ label, safe }) => [label, safe])).to.deep.equal([
      ['default', false],
      ['often quoted', false],
      ['as set', false],
      ['recommended', true],
    ]);
  });

  it('names the fault that no value cures', () => {
    expect(recommendGlitchRetry(POSTGREY).cannotCure.join(' ')).to.contain('KB 950757');
  });

  const edge = fc.integer({ min: 0, max: 400_000 }).map((tenths) => tenths / 2);

  it('keeps the sound rule in every window, and is null only where no whole number fits', () => {
    fc.assert(
      fc.property(edge, edge, fc.boolean(), (a, b, restartsTimer) => {
        const [opens, closes] = [Math.min(a, b), Math.max(a, b)];
        const advice = recommendGlitchRetry(exactWindow(opens, closes), { restartsTimer });
        v.parse(Exchange2003Schema, advice);
        const lowest = Math.max(1, Math.ceil(opens + advice.marginSeconds));
        const highest = Math.floor(Math.min(closes, 2 * DAY) - advice.marginSeconds);
        if (advice.glitchRetrySeconds === null) {
          expect(lowest).to.be.greaterThan(highest);
        } else {
          expect(advice.glitchRetrySeconds).to.be.within(lowest, highest);
          expect(candidate(exactWindow(opens, closes), 'recommended').safe).to.equal(true);
        }
      }),
    );
  });

  it('offers a Delivery tab interval that lands under both readings', () => {
    fc.assert(
      fc.property(edge, edge, (a, b) => {
        const [opens, closes] = [Math.min(a, b), Math.max(a, b)];
        const tab = recommendGlitchRetry(exactWindow(opens, closes)).deliveryTab;
        for (const landing of tab?.landsSeconds ?? []) {
          expect(landing).to.be.within(opens + 10, closes - 10);
        }
      }),
    );
  });
});

describe('recommendGlitchRetry, to the second and to the word', () => {
  for (const [window, value] of [
    // Rounded up to 5 s up to 120 s, to 10 s up to an hour, to a minute beyond.
    [exactWindow(61, 7_200), 75],
    [exactWindow(110, 7_200), 120],
    [exactWindow(111, 7_200), 130],
    [exactWindow(3_590, 7_200), 3_600],
    [exactWindow(3_591, 7_200), 3_660],
    [exactWindow(5_000, 9_000), 5_040],
    // No room for the round one.
    [exactWindow(61, 83), 71],
    [exactWindow(61.5, 82), 72],
    [exactWindow(61.5, 81.9), null],
    // The last second before Exchange gives up.
    [exactWindow(172_779.5, 200_000), 172_790],
    [exactWindow(172_780.5, 200_000), null],
    // The margin on both edges of the default.
    [exactWindow(50, 70), 60],
    [exactWindow(51, 7_200), 65],
    [exactWindow(20, 69), 30],
    [exactWindow(0, 5_000), 60],
    [exactWindow(0, 69), 10],
  ] as const) {
    const { opens, closes } = window;
    it(`gives ${value} for ${opens.bySeconds}..${closes.bySeconds}`, () => {
      expect(recommendGlitchRetry(window).glitchRetrySeconds).to.equal(value);
    });
  }

  const set = (setSeconds: number, window = exactWindow(300, 1_000)) => {
    const { candidates } = recommendGlitchRetry(window, { setSeconds });
    const found = candidates.find(({ label }) => label.startsWith('as set'));
    if (found === undefined) throw new Error('not shown');
    return { fates: fates(found), says: found.says };
  };

  it('follows both counts where a try near the close may have been the first of a new wait', () => {
    expect(set(995)).to.deep.equal({
      fates: ['edge', 'perhaps', 'perhaps'],
      says: 'No glitch retry is sure to land: not safe.',
    });
  });

  it('follows one count where a try near the opening cannot have been', () => {
    expect(set(305)).to.deep.equal({
      fates: ['edge', 'lands', 'lands'],
      says: 'Lands at 610 s only, by the second glitch retry: not safe.',
    });
  });

  it('says what becomes of each value', () => {
    const says = (window: AgeWindow, label: string) => candidate(window, label).says;
    expect(says(exactWindow(61, 7_200), 'default')).to.equal(
      'Lands at 120 s only, by the second glitch retry: not safe.',
    );
    expect(says(exactWindow(111, 7_200), 'default')).to.equal(
      'Lands only if a third glitch retry is made, at 180 s: not safe.',
    );
    expect(says(exactWindow(115, 145), 'often quoted')).to.equal(
      'No glitch retry is sure to land: not safe.',
    );
    expect(says(exactWindow(3_590, 7_200), 'default')).to.equal(
      'Every glitch retry comes too early: not safe.',
    );
    expect(says(exactWindow(61, 83), 'default')).to.equal('No glitch retry lands: not safe.');
    expect(says(exactWindow(61, 83), 'recommended')).to.equal('The first glitch retry lands.');
  });

  const basis = (window: AgeWindow, restartsTimer = false) =>
    recommendGlitchRetry(window, { restartsTimer }).basis;

  it('gives its reason', () => {
    expect(basis(exactWindow(300, 7_200), true)).to.equal(
      'The window is known to be open from 300 s until 2 h. At 310 s the first glitch retry itself lands with at least 10 s to spare, so it does not matter whether two or three glitch retries follow. This server starts the wait again at each early try, so a smaller value never gets through.',
    );
    expect(basis(measured([290, 302.04], [302, null]))).to.equal(
      'The window is known to be open from 302 s and was not seen to close (1 d is assumed, RFC 6647 §5). At 320 s the first glitch retry itself lands with at least 10 s to spare, so it does not matter whether two or three glitch retries follow.',
    );
    expect(basis(exactWindow(20, DAY))).to.equal(
      'The window is known to be open from 20 s until 1 d. The default of 60 s already lands with 10 s to spare: nothing has to be set.',
    );
  });

  it('gives its reason for no value', () => {
    expect(basis(measured([290, 300], [310, 320]))).to.equal(
      'The window is known to be open for 10 s only, from 300 s to 310 s, which leaves no room for 10 s on both edges. No value of GlitchRetrySeconds is safe.',
    );
    expect(basis(measured([290, 300], [310, 321]))).to.equal(
      'The window is known to be open for 10 s only, from 300 s to 310 s, which leaves no room for 10 s on both edges. No value of GlitchRetrySeconds is safe. Ages between 310 s and 321 s were not tried; measuring there may find room.',
    );
    expect(basis(measured([240, null], [null, null]))).to.equal(
      'No retry was accepted, and a try at 240 s was still refused. Until one is, no value can be recommended.',
    );
    expect(basis(measured([null, null], [null, null]))).to.equal(
      'No retry was accepted. Until one is, no value can be recommended.',
    );
    expect(basis(exactWindow(3 * DAY, 5 * DAY))).to.equal(
      'Exchange gives up after 2 d, before the window opens (3 d).',
    );
  });

  it('gives the price', () => {
    const price = (window: AgeWindow) => recommendGlitchRetry(window).price;
    const whole = (wait: string) =>
      `The value holds for the whole server and every destination: each host that is busy for a moment is tried again only after ${wait}. Restart the SMTP service for it to take effect.`;
    expect(price(exactWindow(300, DAY))).to.equal(whole('310 s instead of 60 s'));
    expect(price(exactWindow(20, 55))).to.equal(whole('30 s'));
    expect(price(exactWindow(300, 310))).to.equal(whole('that time'));
    expect(price(exactWindow(20, DAY))).to.equal('None: this is the default.');
  });

  it('counts the Delivery tab from the default glitch retries, or from the first try', () => {
    const tab = (restartsTimer: boolean) =>
      recommendGlitchRetry(exactWindow(300, 7_200), { restartsTimer }).deliveryTab;
    expect(tab(false)).to.deep.equal({
      firstRetryMinutes: 4,
      landsSeconds: [360, 420],
      says: "On the SMTP virtual server's Delivery tab set the first retry interval to 4 to 116 min and leave GlitchRetrySeconds alone: with 4 min the first slow retry lands 360 s to 420 s after the first try. It holds for that virtual server only. Its default is 10 min (not verified).",
    });
    expect(tab(true)).to.deep.include({ firstRetryMinutes: 6, landsSeconds: [480, 540] });
    expect(recommendGlitchRetry(exactWindow(300, 429)).deliveryTab).to.equal(null);
    expect(recommendGlitchRetry(exactWindow(61, 7_200)).deliveryTab?.firstRetryMinutes).to.equal(1);
  });

  it('says whether there is something to change', () => {
    expect(recommendGlitchRetry(exactWindow(300, 310)).change).to.equal(false);
    expect(recommendGlitchRetry(exactWindow(300, 400)).change).to.equal(true);
    expect(recommendGlitchRetry(exactWindow(20, 400)).change).to.equal(false);
    expect(recommendGlitchRetry(measured([240, null], [null, null]))).to.deep.include({
      change: false,
      closingAssumed: false,
      candidates: [],
      deliveryTab: null,
      smallestSeconds: { ifTwoRetries: null, ifThreeRetries: null },
    });
  });

  it('has sources for what it takes', () => {
    const { sources, cannotCure } = recommendGlitchRetry(POSTGREY);
    expect(sources.map(({ source }) => source)).to.include('RFC 6647 §5');
    expect(cannotCure).to.deep.equal([
      'Microsoft KB 950757: Exchange 2003 can hold greylisted mail out of sight until its services restart; a hotfix cures it, no setting does.',
      'Mail that leaves through several addresses, or whose envelope sender changes with each try, starts to wait anew.',
    ]);
  });
});
