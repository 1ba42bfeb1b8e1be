import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import * as v from 'valibot';
import {
  PruneResultSchema,
  RunListSchema,
  ShownRunSchema,
} from '../../../../src/contract/run-list.js';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import { findRun, shortName, storedRuns } from '../../../../src/edges/journal/find.js';
import { lockRun } from '../../../../src/edges/journal/lock.js';
import { systemRunsFolder } from '../../../../src/edges/journal/state-folder.js';
import { createJournal } from '../../../../src/edges/journal/writer.js';
import { renderPrune, renderRunFacts, renderRuns } from '../../../../src/report/text/runs-table.js';
import { listRuns, type RunFilter, showRun } from '../../../../src/tasks/runs/list.js';
import { pruneRuns } from '../../../../src/tasks/runs/prune.js';
import { at, everyEvent, VERSION } from '../../edges/journal/support/events.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';
import { problemOf } from '../../edges/journal/support/problem.js';

const FINISHED = '20261123T194500-fini';
const WAITING = '20261123T194600-wait';
const KILLED = '20261123T194700-kill';
const EMPTY = '20261123T194800-empt';
const BROKEN = '20261123T194900-brok';
const NOW = at(100).wallMs;
const DAY_SECONDS = 86_400;

describe('kept runs', () => {
  const stateDir = temporaryFolder();
  const folder = () => systemRunsFolder(stateDir());

  function keep(run: string, events: readonly ProbeEvent[]): string {
    const journal = createJournal(folder(), run, { version: VERSION });
    for (const event of events) journal.append(event);
    journal.close();
    return journal.path;
  }

  /** One run in each state; the clock of the tests stands at 100 s after their start. */
  function keepAll(): void {
    keep(FINISHED, everyEvent(FINISHED));
    keep(WAITING, everyEvent(WAITING).slice(0, 9));
    keep(KILLED, everyEvent(KILLED).slice(0, 6));
    keep(EMPTY, []);
    writeFileSync(join(folder(), `${BROKEN}.jsonl`), '{"journal":"greyprobe.journal.v9"}\n');
    for (const run of [EMPTY, BROKEN]) {
      utimesSync(join(folder(), `${run}.jsonl`), NOW / 1000, NOW / 1000);
    }
    writeFileSync(join(folder(), 'notes.txt'), 'not a run');
  }

  describe('in a list', () => {
    it('are shown newest first, each with how it stands', () => {
      keepAll();
      const list = v.parse(RunListSchema, listRuns(stateDir()));
      expect(list.runs.map(({ run, state }) => [run, state])).to.deep.equal([
        [BROKEN, 'unreadable'],
        [EMPTY, 'empty'],
        [KILLED, 'interrupted'],
        [WAITING, 'waiting'],
        [FINISHED, 'finished'],
      ]);
      const [broken, , killed, waiting, finished] = list.runs;
      expect(broken?.problem?.code).to.equal('journal-too-new');
      expect(killed).to.include({ target: 'user@example.org', connections: 1, attempts: 1 });
      expect(waiting?.nextDueAt).to.equal(new Date(at(300).wallMs).toISOString());
      expect(waiting?.verdict?.kind).to.equal('greylisted');
      expect(finished?.nextDueAt).to.equal(null);
    });

    it('are those that were asked for: by target, by time, and no more than so many', () => {
      keepAll();
      const all = { target: null, sinceWallMs: null, limit: null };
      const ids = (filter: Partial<RunFilter>) =>
        listRuns(stateDir(), { ...all, ...filter }).runs.map(({ run }) => run);
      expect(ids({ limit: 2 })).to.deep.equal([BROKEN, EMPTY]);
      expect(ids({ target: 'example.org' })).to.deep.equal([KILLED, WAITING, FINISHED]);
      expect(ids({ target: 'example.org', limit: 1 })).to.deep.equal([KILLED]);
      expect(ids({ target: 'elsewhere' })).to.deep.equal([]);
      expect(ids({ sinceWallMs: at(0).wallMs })).to.deep.equal([KILLED, WAITING, FINISHED]);
      expect(ids({ sinceWallMs: at(1).wallMs })).to.deep.equal([]);
    });

    it('are found by their word, as the last one, and by their full name where a word is taken', () => {
      keepAll();
      expect(findRun(folder(), 'last').run).to.equal(BROKEN);
      expect(findRun(folder(), 'wait').run).to.equal(WAITING);
      expect(shortName(folder(), WAITING)).to.equal('wait');
      keep('20261124T000000-wait', []);
      expect(shortName(folder(), WAITING)).to.equal(WAITING);
    });

    it('are named as running while a process drives them', () => {
      const lock = lockRun(keep(WAITING, everyEvent(WAITING).slice(0, 9)));
      const [run] = listRuns(stateDir()).runs;
      expect(run).to.include({ state: 'running' });
      expect(run?.heldBy?.pid).to.equal(process.pid);
      lock.release();
    });

    it('are none where there is no folder', () => {
      const none = join(folder(), 'none');
      expect(listRuns(none).runs).to.deep.equal([]);
      expect(renderRuns(listRuns(none), NOW)).to.contain('No runs are kept');
    });

    it('fit in 80 columns, with what is wrong below', () => {
      keepAll();
      const text = renderRuns(listRuns(stateDir()), NOW).replaceAll(folder(), 'FOLDER');
      const lines = text.split('\n');
      for (const line of lines) expect(line.length, line).to.be.at.most(80);
      expect(lines[0]).to.match(/^run\s+target\s+state\s+next due\s+verdict$/u);
      expect(lines[4]).to.match(
        /^20261123T194600-wait\s+user@.*\s+waiting\s+in 3m 20s\s+greylisted, /u,
      );
      expect(text).to.match(
        /^Warning: FOLDER\/20261123T194900-brok\.jsonl\s+was\s+written\s+in\s+journal/mu,
      );
    });

    it('show no control characters from a journal', () => {
      const [start, ...rest] = everyEvent(FINISHED);
      if (start?.type !== 'run-started') throw new Error('no start');
      const recipient = 'user\u001b[31m@example.org';
      keep(FINISHED, [{ ...start, request: { ...start.request, recipient } }, ...rest]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(renderRuns(listRuns(stateDir()), NOW)).not.to.match(/[\u0000-\u0009\u000b-\u001f]/u);
    });
  });

  describe('by name', () => {
    it('are found by id, beginning, word and path', () => {
      keepAll();
      const path = join(folder(), `${WAITING}.jsonl`);
      for (const wanted of [WAITING, '20261123T1946', 'wait', path, relative('', path)]) {
        expect(findRun(folder(), wanted).run, wanted).to.equal(WAITING);
      }
    });

    it('must be named more closely when several fit', () => {
      keepAll();
      const problem = problemOf(() => findRun(folder(), '20261123'));
      expect(problem.code).to.equal('ambiguous-run');
      expect(problem.suggestions.join()).to.contain(WAITING).and.to.contain(FINISHED);
    });

    it('are suggested when a name comes near', () => {
      keepAll();
      for (const wanted of ['20261123T194600-wiat', '20261123T19460-wait', 'wiit']) {
        const problem = problemOf(() => findRun(folder(), wanted));
        expect(problem.code).to.equal('unknown-run');
        expect(problem.suggestions.join(), wanted).to.contain(`Did you mean ${WAITING}?`);
      }
      expect(problemOf(() => findRun(folder(), 'zzzz')).suggestions.join()).to.contain(
        'The newest',
      );
    });

    it('lead nowhere else', () => {
      keepAll();
      mkdirSync(join(folder(), 'sub'));
      for (const wanted of [
        '',
        '../x',
        'sub/../20261123T194600-wait',
        '\u001b[31m',
        '.',
        'notes.txt',
        `sub/${WAITING}.jsonl`,
      ]) {
        const problem = problemOf(() => findRun(folder(), wanted));
        expect(problem.code, wanted).to.equal('unknown-run');
        expect(problem.message).not.to.contain('\u001b');
      }
    });

    it('are none in an empty folder', () => {
      expect(problemOf(() => findRun(folder(), 'wait')).suggestions.join()).to.contain(
        '--state-dir',
      );
    });
  });

  it('are shown with their result so far', () => {
    keepAll();
    const shown = v.parse(ShownRunSchema, showRun(stateDir(), 'fini'));
    expect(shown).to.include({ version: VERSION, resumed: 1, torn: false });
    expect(shown.result.attempts).to.have.length(1);
    expect(renderRunFacts(shown, NOW)).to.contain('finished, resumed once');
    expect(problemOf(() => showRun(stateDir(), 'empt')).code).to.equal('journal-empty');
    expect(problemOf(() => showRun(stateDir(), 'brok')).code).to.equal('journal-too-new');
  });

  describe('when pruned', () => {
    const options = { olderThanSeconds: DAY_SECONDS, all: false, dryRun: false };
    const names = () => storedRuns(folder()).map(({ run }) => run);
    const later = NOW + 2 * DAY_SECONDS * 1000;

    it('stay while they are young', () => {
      keepAll();
      const result = pruneRuns(stateDir(), { ...options, nowWallMs: NOW + DAY_SECONDS * 1000 });
      expect(result.removed).to.deep.equal([]);
      expect(names()).to.have.length(5);
    });

    it('go when they have ended, and stay when they could be resumed', () => {
      keepAll();
      const result = v.parse(
        PruneResultSchema,
        pruneRuns(stateDir(), { ...options, nowWallMs: later }),
      );
      expect(result.removed.map(({ run }) => run)).to.deep.equal([EMPTY, FINISHED]);
      expect(result.kept.map(({ run }) => run)).to.deep.equal([BROKEN, KILLED, WAITING]);
      expect(names()).to.deep.equal([BROKEN, KILLED, WAITING]);
      expect(renderPrune(result)).to.match(/^Removed 2 runs\.\n/u);
      expect(renderPrune(result)).to.contain('it can be resumed; --all removes it too');
    });

    it('all go with --all, but for those that a process drives', () => {
      keepAll();
      const lock = lockRun(join(folder(), `${WAITING}.jsonl`));
      const result = pruneRuns(stateDir(), { ...options, all: true, nowWallMs: later });
      expect(names()).to.deep.equal([WAITING]);
      expect(result.kept).to.deep.equal([
        { run: WAITING, state: 'running', why: 'a process drives it' },
      ]);
      lock.release();
    });

    it('stay in a dry run, which says what would go', () => {
      keepAll();
      const result = pruneRuns(stateDir(), { ...options, dryRun: true, nowWallMs: later });
      expect(result.removed.map(({ run }) => run)).to.deep.equal([EMPTY, FINISHED]);
      expect(names()).to.have.length(5);
      expect(renderPrune(result)).to.match(/^Would remove 2 runs\.\n/u);
    });

    it('leave no locks behind, and touch no other file', () => {
      keepAll();
      lockRun(join(folder(), `${FINISHED}.jsonl`)).release();
      const room = join(folder(), '.room-20261123T194500-room');
      writeFileSync(room, '...');
      utimesSync(room, NOW / 1000, NOW / 1000);
      rmSync(join(folder(), `${BROKEN}.jsonl`));
      pruneRuns(stateDir(), { ...options, all: true, nowWallMs: later });
      expect(readdirSync(folder())).to.deep.equal(['notes.txt']);
    });

    it('are none where there is no folder', () => {
      const none = join(folder(), 'none');
      expect(pruneRuns(none, { ...options, nowWallMs: later }).removed).to.deep.equal([]);
      expect(existsSync(none)).to.equal(false);
    });
  });
});
