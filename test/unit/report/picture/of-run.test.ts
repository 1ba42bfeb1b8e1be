import { expect } from 'chai';
import type { AcceptanceWindow, AttemptResult } from '../../../../src/contract/probe-result.js';
import { renderTimeline } from '../../../../src/report/picture/of-run.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { expectToFit } from '../support/fits.js';

type Mark = readonly [ageSeconds: number, outcome: AttemptResult['outcome']];

function attempts(marks: readonly Mark[], role: AttemptResult['role']): AttemptResult[] {
  return marks.map(([age, outcome], index) => ({
    n: index + 1,
    session: index + 1,
    host: { name: 'mx.example.org', address: '192.0.2.1', port: 25 },
    tuple: {
      id: 't1',
      client: null,
      helo: 'h.example',
      sender: 'a@s.example',
      recipient: 'b@example.org',
    },
    role,
    at: '2026-01-05T08:00:00.000Z',
    ageSeconds: [age, age],
    stage: 'rcpt',
    reply: null,
    error: null,
    outcome,
    class: null,
    hint: null,
  }));
}

function drawn(
  marks: readonly Mark[],
  window: AcceptanceWindow | null = null,
  alone: readonly Mark[] = [],
): readonly string[] {
  const all = [...attempts(marks, 'retry'), ...attempts(alone, 'confirm')];
  expectToFit((style) => renderTimeline(all, window, style).join('\n'));
  return renderTimeline(all, window, PLAIN);
}

const opening = (afterSeconds: number, bySeconds: number, until: number): AcceptanceWindow => ({
  opens: { afterSeconds, bySeconds },
  closes: { afterSeconds: until, bySeconds: null },
});

describe('the timeline', () => {
  it('marks each try on an axis that says where it ends', () => {
    const lines = drawn([
      [10, 'deferred'],
      [30, 'deferred'],
      [100, 'deferred'],
    ]);
    expect(lines).to.deep.equal([
      'retried            x            x                                            x',
      '            ──────────────────────────────────────────────────────────────────',
      'age                10 s  20 s   30 s               1 min            1 min 40 s',
      '            x refused',
    ]);
  });

  it('shades where the window opens, and where it is open', () => {
    const [row, , , legend] = drawn(
      [
        [100, 'deferred'],
        [200, 'deferred'],
        [300, 'accepted'],
        [400, 'accepted'],
      ],
      opening(200, 300, 400),
    );
    expect(row).to.match(/x {10,}x░+o▓+o$/u);
    expect(legend).to.equal('            x refused  o accepted  ░ opens in here  ▓ open');
  });

  it('keeps senders that were left alone in a row of their own', () => {
    const lines = drawn([[10, 'deferred']], null, [[20, 'accepted']]);
    expect(lines.map((line) => line.slice(0, 12).trimEnd())).to.deep.equal([
      'retried',
      'left alone',
      '',
      'age',
      '',
    ]);
    expect(lines[4]).to.contain('x refused  o accepted').and.not.to.contain('open');
  });

  it('is not drawn of one moment, unless the window is known then', () => {
    expect(drawn([])).to.deep.equal([]);
    expect(drawn([[2, 'deferred']])).to.deep.equal([]);
    expect(
      drawn([
        [300, 'deferred'],
        [302, 'deferred'],
      ]),
    ).to.deep.equal([]);
    expect(drawn([[2, 'accepted']], opening(0, 2, 2))[0]).to.match(/^retried +░+o$/u);
  });

  it('keeps its picture in few columns, and tells where it ends first', () => {
    const all = [
      ...attempts(
        [
          [60, 'deferred'],
          [300, 'accepted'],
          [3600, 'accepted'],
        ],
        'retry',
      ),
      ...attempts([[240, 'deferred']], 'confirm'),
    ];
    const lines = renderTimeline(all, opening(240, 300, 3600), { ...PLAIN, columns: 40 });
    expect(lines).to.deep.equal([
      'retried      x       ░░o▓▓▓▓▓▓▓▓▓▓▓▓▓o',
      'left alone           x░▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓',
      '            ──────────────────────────',
      'age          1 min     5 min       1 h',
      '            x refused  o accepted',
      '            ░ opens in here  ▓ open',
    ]);
  });

  it('fits whatever the ages', () => {
    for (const [least, most] of [
      [0.2, 172_800],
      [1, 2],
      [3599.9, 604_800],
      [86_400, 2_592_000],
    ] as const) {
      drawn(
        [
          [least, 'deferred'],
          [most, 'accepted'],
        ],
        opening(least, most, most),
      );
    }
  });
});
