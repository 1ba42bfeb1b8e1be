import { expect } from 'chai';
import { buildResult } from '../../../../src/contract/build-result.js';
import type { ProbeResult } from '../../../../src/contract/probe-result.js';
import {
  renderScreen,
  SCREEN_LINES,
  verdictLine,
} from '../../../../src/report/text/first-screen.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { columnsOf } from '../../../../src/report/text/wrap.js';
import type { Again } from '../../../../src/report/view.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../../../src/sandbox/models/index.js';
import { OUTCOMES, outcomeRuns } from '../../../support/outcomes.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';
import { HOSTILE_TEXTS, measuredResult, withText } from '../formats/support/reports.js';
import { expectToFit, LONG_TEXTS } from '../support/fits.js';

const keptAs = (word: string): Again => ({
  source: [word],
  details: ['report', word, '--details'],
  resolver: [],
});
const KEPT = keptAs('qzkw');
const isCommand = (line: string) => /^(?:Next)? +greyprobe |: greyprobe /u.test(line);

describe('the first screen of a result', () => {
  const results = new Map<string, ProbeResult>();

  before(async () => {
    for (const { title, state } of await outcomeRuns()) {
      results.set(title, buildResult(state, '1.2.3'));
    }
  });

  const resultOf = (title: string) => results.get(title) ?? expect.fail(`no run: ${title}`);

  for (const { title, word } of OUTCOMES) {
    it(`answers in four slots on 14 lines: ${title}`, () => {
      const text = renderScreen(resultOf(title), keptAs(word));
      const lines = text.split('\n');
      expect(lines.length).to.be.at.most(SCREEN_LINES);
      for (const line of lines) expect(columnsOf(line), line).to.be.at.most(PLAIN.columns);
      const labels = lines.map((line) => line.slice(0, 9).trim()).filter((label) => label !== '');
      expect(labels).to.deep.equal(['Verdict', 'When', 'Senders', 'Next']);
      expect(text).to.contain(`greyprobe report ${word} --details`);
      expect(text).not.to.match(/\b(?:age|control|left alone|glitch retry|surely by)\b/u);
    });
  }

  it('tells a newcomer in one sentence what becomes of their mail', async () => {
    const behaviour = greylists({ ...POSTGREY_LIKE, delaySeconds: 300 });
    const { state } = await virtualRun(behaviour, { forSenders: ['postfix'] });
    const lines = renderScreen(buildResult(state, '1.2.3'), KEPT).split('\n');
    expect(lines.filter((line) => line.includes('Postfix'))).to.deep.equal([
      'Senders  Your Postfix gets through by itself after 5 to 15 min; nothing to set.',
    ]);
    const all = lines.join(' ').replaceAll(/\s+/gu, ' ');
    expect(all).to.contain(
      'Exchange 2000/2003: too early by default; set GlitchRetrySeconds to 320.',
    );
    expect(all).to.contain('What to set: greyprobe recommend qzkw --for postfix');
  });

  it('names no command for a result that is nowhere kept', () => {
    const text = renderScreen(resultOf('Accepted'), { source: null, details: [], resolver: [] });
    expect(text).not.to.contain('greyprobe');
  });

  it('gives the verdict alone in one line', () => {
    expect(verdictLine(resultOf('Rejected'))).to.equal(
      'rejected, confirmed: mx.example.org [192.0.2.1] rejects mail to user@example.org for good.',
    );
  });

  for (const text of [...HOSTILE_TEXTS, ...LONG_TEXTS]) {
    it(`keeps its size with ${JSON.stringify(text.slice(0, 40))}`, async () => {
      const measured = await measuredResult();
      const hostile = [measured, ...results.values()].map((result) => withText(result, text));
      for (const result of hostile) {
        expectToFit((style) => renderScreen(result, KEPT, style), isCommand);
        expect(renderScreen(result, KEPT).split('\n').length).to.be.at.most(SCREEN_LINES);
        expect(verdictLine(result)).not.to.match(/\p{Cc}/u);
      }
    });
  }
});
