import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as v from 'valibot';
import { HistoryResultSchema } from '../../../../src/contract/history-result.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import { createJournal } from '../../../../src/edges/journal/writer.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { html } from '../../../../src/report/formats/html.js';
import { renderHistory } from '../../../../src/report/text/history-text.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { acceptsAll, busyAtConnect, greylists } from '../../../../src/sandbox/behaviours.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { POSTGREY_LIKE } from '../../../../src/sandbox/models/index.js';
import { type HistoryFilter, historyOf } from '../../../../src/tasks/history/history.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';

const ALL: HistoryFilter = { sinceWallMs: null, limit: null };
const opening = (delaySeconds: number) => greylists({ ...POSTGREY_LIKE, delaySeconds });

describe('historyOf', () => {
  const stateDir = temporaryFolder();

  /** A kept run that began on this day of November 2026, at noon in UTC. */
  async function keep(
    day: number,
    behaviour: MailHostBehaviour,
    changes: Partial<ProbeRequest> = {},
  ): Promise<void> {
    const run = `202611${String(day).padStart(2, '0')}T120000-aaa${String.fromCharCode(96 + day)}`;
    const { events, state } = await virtualRun(behaviour, changes, { run });
    const journal = createJournal(join(stateDir(), 'runs'), run, { version: '1.2.3' });
    for (const event of events) journal.append(event);
    journal.close();
    const shiftMs = Date.UTC(2026, 10, day, 12) - state.started.wallMs;
    const shifted = readFileSync(journal.path, 'utf8').replaceAll(
      /"wallMs":([\d.]+)/gu,
      (_, wallMs: string) => `"wallMs":${Number(wallMs) + shiftMs}`,
    );
    writeFileSync(journal.path, shifted);
  }

  it('says until when it opened when, and since when it does now', async () => {
    await keep(1, opening(300));
    await keep(2, opening(300));
    await keep(3, busyAtConnect());
    await keep(4, opening(900));
    const history = v.parse(HistoryResultSchema, historyOf(stateDir(), 'user@example.org', ALL));

    const [series, ...others] = history.series;
    expect(others).to.deep.equal([]);
    expect(series).to.include({ recipient: 'user@example.org', host: 'mx.example.org' });
    expect(series?.periods.map(({ from, until, runs }) => [from, until, runs])).to.deep.equal([
      ['2026-11-01T12:00:00.000Z', '2026-11-02T12:00:00.000Z', 2],
      ['2026-11-04T12:00:00.000Z', '2026-11-04T12:00:00.000Z', 1],
    ]);
    expect(series?.runs.map(({ leftOut }) => leftOut)).to.deep.equal([
      null,
      null,
      'throttled',
      null,
    ]);
    const text = renderHistory(history);
    expect(text).to.match(/^Until 2026-11-02 {2}greylisted; a retry passed after 29\d/mu);
    expect(text).to.match(/^Since 2026-11-04 {2}greylisted; a retry passed after 89\d/mu);
    expect(text).to.match(/^20261104T120000-aaad .* to 90\d s {2}▓{8,}$/mu);
    expect(text).to.match(/^20261103T120000-aaac +\S+ \(throttled\) +-$/mu);
    const page = html.renderHistory?.(history, PLAIN) ?? '';
    expect(page).to.contain('<dt>Until 2026-11-02</dt>').and.to.contain('<svg ');
    expect(page.match(/<tr>/gu)).to.have.length(5);
    expect(renderHistory(history, { ...PLAIN, columns: 40 })).to.match(/; opens at\s+29/u);
  });

  it('keeps recipients and stages apart, and takes a domain for all of its recipients', async () => {
    await keep(1, acceptsAll());
    await keep(2, acceptsAll(), { recipient: 'other@example.org' });
    await keep(3, acceptsAll(), { stage: 'data' });
    const subjects = (target: string, filter: Partial<HistoryFilter> = {}) =>
      historyOf(stateDir(), target, { ...ALL, ...filter }).series.map(({ recipient, stage }) =>
        [recipient, stage].join(' '),
      );
    const user = ['user@example.org rcpt', 'user@example.org data'];
    expect(subjects('<User@Example.org>')).to.deep.equal(user);
    expect(subjects('example.org')).to.deep.equal([user[0], 'other@example.org rcpt', user[1]]);
    expect(subjects('example.org', { limit: 1 })).to.deep.equal([user[1]]);
    const sinceWallMs = Date.UTC(2026, 10, 2);
    expect(subjects('example.org', { sinceWallMs })).to.have.length(2);
  });

  it('says where there is no run', () => {
    try {
      historyOf(stateDir(), 'user@example.org', ALL);
    } catch (error) {
      expect(error).to.be.instanceOf(GreyprobeError).with.property('code', 'no-runs');
      return;
    }
    expect.fail('found some');
  });
});
