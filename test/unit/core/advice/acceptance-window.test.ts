import { expect } from 'chai';
import {
  type AgeWindow,
  exactWindow,
  prospectAt,
  usableWindow,
} from '../../../../src/core/advice/acceptance-window.js';

const DAY = 86_400;

function measured(closesBySeconds: number | null): AgeWindow {
  return {
    opens: { afterSeconds: 290, bySeconds: 300 },
    closes: { afterSeconds: 1_000, bySeconds: closesBySeconds },
  };
}

describe('the usable part of a window', () => {
  it('ends with the last age that was accepted, or is taken to stay open', () => {
    expect(usableWindow(measured(1_100), DAY)).to.deep.equal({
      fromSeconds: 300,
      toSeconds: 1_000,
      closingAssumed: false,
    });
    expect(usableWindow(measured(null), DAY)).to.deep.equal({
      fromSeconds: 300,
      toSeconds: DAY,
      closingAssumed: true,
    });
  });

  it('rests on no assumption where more was seen than would be assumed', () => {
    for (const assumed of [999, 1_000]) {
      expect(usableWindow(measured(null), assumed)).to.deep.include({
        toSeconds: 1_000,
        closingAssumed: false,
      });
    }
    expect(usableWindow(measured(null), 1_001)?.closingAssumed).to.equal(true);
  });

  it('is not there before an age was accepted', () => {
    const never = { ...measured(null), opens: { afterSeconds: 290, bySeconds: null } };
    expect(usableWindow(never, DAY)).to.equal(null);
  });
});

describe('the prospect of a try', () => {
  const at = (age: number, window = measured(1_100)) => {
    const usable = usableWindow(window, DAY);
    return usable === null ? null : prospectAt(age, window, usable, 10);
  };

  it('goes by what was seen at its age, to the second', () => {
    const prospects = [280, 290, 291, 299, 300, 309, 310, 990, 991, 1_000, 1_001, 1_099, 1_100];
    expect(prospects.map((age) => at(age))).to.deep.equal([
      'too-early',
      'too-early',
      'perhaps',
      'perhaps',
      'edge',
      'edge',
      'lands',
      'lands',
      'edge',
      'edge',
      'perhaps',
      'perhaps',
      'too-late',
    ]);
  });

  it('is open beyond what is assumed', () => {
    expect(at(DAY - 10, measured(null))).to.equal('lands');
    expect(at(DAY + 1, measured(null))).to.equal('perhaps');
    expect(at(1_001, exactWindow(300, 1_000))).to.equal('too-late');
  });
});
