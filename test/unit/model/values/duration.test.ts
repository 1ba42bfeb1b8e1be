import { expect } from 'chai';
import fc from 'fast-check';
import { GreyprobeError } from '../../../../src/model/errors.js';
import {
  durationText,
  formatDuration,
  parseDuration,
} from '../../../../src/model/values/duration.js';

function problemOf(text: string): GreyprobeError {
  try {
    parseDuration(text);
  } catch (error) {
    if (error instanceof GreyprobeError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

describe('parseDuration', () => {
  const good: readonly [string, number][] = [
    ['90s', 90],
    ['5m', 300],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['1.5s', 1.5],
    ['0.25h', 900],
    ['1d2h3m4s', 93_784],
    ['0s', 0],
    [' 5m ', 300],
    ['5min', 300],
    ['5 min', 300],
    ['300 s', 300],
    ['300 seconds', 300],
    ['1 hour 30 minutes', 5400],
    ['2 days', 172_800],
  ];
  for (const [text, seconds] of good) {
    it(`reads "${text}" as ${seconds} s`, () => {
      expect(parseDuration(text)).to.equal(seconds);
    });
  }

  it('reads every duration that greyprobe shows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), (tenths) => {
        const shown = formatDuration(tenths / 10);
        expect(formatDuration(parseDuration(shown))).to.equal(shown);
      }),
      { numRuns: 300, seed: 19 },
    );
  });

  it('refuses a bare number and says what to write', () => {
    const problem = problemOf('300');
    expect(problem.code).to.equal('bad-duration');
    expect(problem.exit).to.equal(2);
    expect(problem.message).to.equal('"300" has no unit: write 300s or 5m.');
    expect(problemOf('90').message).to.equal('"90" has no unit: write 90s.');
  });

  for (const text of [
    '',
    'm',
    '5',
    '-5m',
    '5M',
    '5  m',
    '5 mi',
    '5minx',
    '5 min 3',
    '1m1h',
    '5m5m',
    '1e3s',
    '.5s',
    '5m;',
    '٣s',
  ]) {
    it(`refuses "${text}"`, () => {
      expect(problemOf(text).code).to.equal('bad-duration');
    });
  }

  it('refuses what is longer than ten years', () => {
    expect(problemOf('99999999d').message).to.contain('ten years');
  });

  it('shows hostile text escaped and cut', () => {
    const { message } = problemOf(`5m\u001b[31m${'x'.repeat(500)}`);
    expect(message).not.to.contain('\u001b');
    expect(message.length).to.be.lessThan(120);
  });
});

describe('formatDuration', () => {
  const cases: readonly [number, string][] = [
    [0, '0 s'],
    [22.4, '22.4 s'],
    [22.04, '22 s'],
    [59.96, '1 min'],
    [60, '1 min'],
    [90, '1 min 30 s'],
    [300, '5 min'],
    [3599.7, '1 h'],
    [5400, '1 h 30 min'],
    [14_400, '4 h'],
    [86_399, '1 d'],
    [183_600, '2 d 3 h'],
    [-5, '-5 s'],
  ];
  for (const [seconds, text] of cases) {
    it(`shows ${seconds} s as "${text}"`, () => {
      expect(formatDuration(seconds)).to.equal(text);
    });
  }
});

describe('durationText', () => {
  it('is read back as the same duration, to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300_000_000_000 }), (milliseconds) => {
        expect(parseDuration(durationText(milliseconds / 1000))).to.equal(milliseconds / 1000);
      }),
    );
  });

  it('uses the units that people write', () => {
    expect([300, 5400, 22.4, 0].map(durationText)).to.deep.equal(['5m', '1h30m', '22.4s', '0s']);
  });
});
