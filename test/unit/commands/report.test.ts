import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import Report from '../../../src/commands/report.js';
import { buildResult } from '../../../src/contract/build-result.js';
import { createJournal } from '../../../src/edges/journal/writer.js';
import { greylists } from '../../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../../src/sandbox/models/index.js';
import { virtualRun } from '../core/run/support/virtual-run.js';
import { temporaryFolder } from '../edges/journal/support/folder.js';
import { readPlugin } from '../report/formats/support/plugin-output.js';
import {
  checkResult,
  judgement,
  measuredResult,
  target,
} from '../report/formats/support/reports.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

async function run(...argv: string[]) {
  const config = await Config.load({ root: ROOT });
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    const output = await captureOutput(() => Report.run(argv, config), { stripAnsi: true });
    return { ...output, exit: process.exitCode };
  } finally {
    process.exitCode = before;
  }
}

describe('greyprobe report', () => {
  const folder = temporaryFolder();

  async function checkFile(finishedAt = new Date().toISOString()): Promise<string> {
    const result = await measuredResult();
    const check = checkResult([target(result, [judgement('passed', 'held')])]);
    const path = join(folder(), 'check.json');
    writeFileSync(path, JSON.stringify({ ...check, finishedAt }));
    return path;
  }

  it('shows a kept run by its word, and by the name of its journal', async () => {
    const { state, events } = await virtualRun(greylists(POSTGREY_LIKE));
    const runs = join(folder(), 'runs');
    const journal = createJournal(runs, '20260105T080000-qzkw', { version: '1.2.3' });
    for (const event of events) journal.append(event);
    journal.close();
    const expected = buildResult(state, '1.2.3');

    const byWord = await run('qzkw', '--state-dir', folder(), '--json');
    expect(JSON.parse(byWord.stdout)).to.deep.equal(expected);
    const byName = await run(journal.path, '--format', 'json');
    expect(JSON.parse(byName.stdout)).to.deep.equal(expected);
  });

  it('writes several formats in one go', async () => {
    const csv = join(folder(), 'a.csv');
    const { stdout, exit } = await run(
      join(ROOT, 'test/golden/0.1.0/probe-greylisted.json'),
      ...['--format', 'csv', '--format', 'markdown', '--output', csv],
    );

    expect(exit).to.equal(0);
    expect(stdout).to.match(/^## greyprobe probe\n/u);
    expect(readFileSync(csv, 'utf8')).to.match(/^run,recipient,/u);
  });

  it('serves as a plugin of a monitoring system', async () => {
    const { stdout, exit } = await run(await checkFile(), '--max-age', '26h', '--format', 'nagios');

    expect(readPlugin(stdout).state).to.equal('OK');
    expect(exit).to.equal(0);
  });

  it('tells a monitoring system of what went wrong as UNKNOWN, with 3', async () => {
    const old = await checkFile('2026-01-01T00:00:00.000Z');
    const stale = await run(old, '--max-age', '26h', '--format', 'nagios');
    expect(stale.stdout).to.match(/^GREYPROBE UNKNOWN - The result is .* old/u);
    expect(stale.exit).to.equal(3);

    for (const args of [['no|ne'], ['x', '--flag'], [old, '--max-age', '26']]) {
      const wrong = await run(...args, '--format=nagios');
      expect(wrong.stdout).to.match(/^GREYPROBE UNKNOWN - [^|\n]+\n$/u);
      expect(wrong.exit).to.equal(3);
    }
  });

  it('refuses what is no result, and says why', async () => {
    const path = join(folder(), 'other.json');
    for (const [text, why] of [
      ['{"schema": "greyprobe.probe-result.v1"}', 'run: '],
      ['[]', 'there is no result in it'],
      ['{"a": 1}\n{', 'line 2 is not JSON'],
      ['', 'there is no result in it'],
    ] as const) {
      writeFileSync(path, text);
      const { stdout, exit } = await run(path, '--json');
      const { error } = JSON.parse(stdout);
      expect([error.code, exit]).to.deep.equal(['not-a-result', 2]);
      expect(error.message).to.contain(why);
    }
  });
});
