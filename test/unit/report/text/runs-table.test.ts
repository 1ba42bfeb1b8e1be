import { expect } from 'chai';
import { type RunSummary, STORED_STATES } from '../../../../src/contract/run-list.js';
import { renderPrune, renderRunFacts, renderRuns } from '../../../../src/report/text/runs-table.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { HOSTILE_TEXTS, measuredResult } from '../formats/support/reports.js';
import { expectToFit, LONG_TEXTS } from '../support/fits.js';

const NOW = Date.UTC(2026, 10, 23, 19, 46);

const WAITING: RunSummary = {
  run: '20261123T194600-wait',
  path: '/var/lib/greyprobe/runs/20261123T194600-wait.jsonl',
  state: 'waiting',
  target: 'user@mail.example.org',
  startedAt: '2026-11-23T19:46:00.000Z',
  lastEventAt: '2026-11-23T19:46:02.000Z',
  nextDueAt: '2026-11-24T23:01:05.000Z',
  verdict: { kind: 'greylisted', confidence: 'confirmed' },
  connections: 2,
  attempts: 7,
  heldBy: null,
  problem: null,
};

const listOf = (...runs: RunSummary[]) =>
  ({ schema: 'greyprobe.runs.v1', folder: '/var/lib/greyprobe/runs', runs }) as const;

describe('the table of runs', () => {
  it('is a list of their facts where its columns have no room', () => {
    const unread: RunSummary = {
      ...WAITING,
      run: '20261123T194900-brok',
      state: 'unreadable',
      target: null,
      nextDueAt: null,
      verdict: null,
    };
    expect(renderRuns(listOf(WAITING, unread), NOW, { ...PLAIN, columns: 40 })).to.equal(
      [
        '20261123T194600-wait',
        '    user@mail.example.org',
        '    waiting; next due in 1d 3h;',
        '    greylisted, confirmed',
        '20261123T194900-brok',
        '    unreadable',
      ].join('\n'),
    );
  });

  it('says since when a retry passes, where there is room, and leaves out what no run has', () => {
    const edges = { afterSeconds: null, bySeconds: null };
    const done: RunSummary = {
      ...WAITING,
      state: 'finished',
      nextDueAt: null,
      window: { opens: { afterSeconds: 296.2, bySeconds: 301 }, closes: edges },
    };
    const at = (columns: number) => renderRuns(listOf(done), NOW, { ...PLAIN, columns });
    expect(at(100)).to.equal(
      [
        'run                   target                 state     verdict                opens',
        '20261123T194600-wait  user@mail.example.org  finished  greylisted, confirmed  301 s',
      ].join('\n'),
    );
    expect(at(60)).to.match(/greylisted, confirmed; opens by\s+301 s/u);
  });

  it('fits the columns that there are, whatever is kept', async () => {
    const result = await measuredResult();
    for (const text of ['user@example.org', ...HOSTILE_TEXTS, ...LONG_TEXTS]) {
      const runs = STORED_STATES.map((state) => ({
        ...WAITING,
        state,
        target: text,
        path: text,
        problem: { code: 'some', message: text },
        heldBy: { pid: 4_194_304, host: text },
      }));
      expectToFit((style) => renderRuns(listOf(...runs), NOW, style));
      expectToFit((style) => renderRuns({ ...listOf(), folder: text }, NOW, style));
      for (const run of runs) {
        const shown = { ...run, version: '1.2.3', resumed: 2, torn: true, result };
        expectToFit((style) =>
          renderRunFacts({ ...shown, schema: 'greyprobe.run.v1' }, NOW, style),
        );
      }
      expectToFit((style) =>
        renderPrune(
          {
            schema: 'greyprobe.prune-result.v1',
            folder: text,
            dryRun: false,
            removed: runs,
            kept: runs.map(({ run, state }) => ({ run, state, why: text })),
          },
          style,
        ),
      );
    }
  });
});
