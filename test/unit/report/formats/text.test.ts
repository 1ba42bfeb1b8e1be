import { expect } from 'chai';
import fc from 'fast-check';
import { bracketText } from '../../../../src/model/values/seconds-text.js';
import { text } from '../../../../src/report/formats/text.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { renderText } from '../../../../src/report/text/text.js';
import { SCREEN, type View } from '../../../../src/report/view.js';
import { expectToFit } from '../support/fits.js';
import {
  checkOf,
  checkResult,
  HOSTILE_TEXTS,
  hostileCheck,
  hostileProbes,
  judgements,
  measuredResult,
  probes,
  target,
} from './support/reports.js';

describe('the text format', () => {
  it('shows probes as the probe command does', async () => {
    const result = await measuredResult();

    const full: View = { ...SCREEN, depth: 'details' };
    expect(text.render(probes(result), PLAIN, full)).to.equal(`${renderText(result)}\n`);
  });

  it('lists expectations, with all values of those that failed', async () => {
    const shown = text.render(checkOf(target(await measuredResult(), judgements())), PLAIN);

    expect(shown).to.equal(
      [
        'head office (mx.example.org [192.0.2.1])',
        '  passed      expectation-passed: some text',
        '  failed      expectation-failed: expected some text; found some text',
        '              opens at less than 302.5 s; said: some text; tls: yes',
        '  not-judged  expectation-not-judged: expected some text; found some text',
        '              [throttled]',
        '',
        'Check failed: 1 passed, 1 failed, 1 not judged.',
        '',
      ].join('\n'),
    );
  });

  it('shows what was measured where nothing is expected', async () => {
    const shown = text.render(checkOf(target(await measuredResult(), [])), PLAIN);

    expect(shown).to.match(/^ {2}measured {4}greylisted, confirmed: mx\.example\.org/mu);
    expect(shown).to.match(/Opens\s+at\s+\d/u);
  });

  it('gives each of many targets a line, worst first', async () => {
    const result = await measuredResult();
    const opens = bracketText(result.window?.opens ?? { afterSeconds: null, bySeconds: null });
    const [passed, failed, notJudged] = judgements('why not');
    if (passed === undefined || failed === undefined || notJudged === undefined) throw new Error();
    const report = checkOf(
      target(result, [passed], 'one'),
      target(result, [notJudged], 'two'),
      target(result, [failed, notJudged], 'three'),
      target(result, [passed], 'four'),
      target(result, [passed], 'a name that is longer than its column'),
      target(result, [passed], 'six'),
    );

    expect(text.render(report, PLAIN)).to.equal(
      [
        'outcome     target                    found',
        'failed      three                     expectation-failed: why not (and 1 more)',
        'not-judged  two                       expectation-not-judged: why not',
        `passed      one                       greylisted, ${opens}`,
        `passed      four                      greylisted, ${opens}`,
        `passed      a name that...its column  greylisted, ${opens}`,
        `passed      six                       greylisted, ${opens}`,
        '',
        'Check failed: 4 passed, 1 failed, 2 not judged.',
        '',
      ].join('\n'),
    );
    const only = (view: Pick<View, 'only'>) => text.render(report, PLAIN, { ...SCREEN, ...view });
    expect(only({ only: ['failed'] }).match(/^(?:failed|passed|not-judged)/gmu)).to.deep.equal([
      'failed',
    ]);
    expect(text.render(report, PLAIN, { ...SCREEN, depth: 'details' })).to.contain('two (mx.');
  });

  it('fits its columns, whatever is said', async () => {
    const result = await measuredResult();
    const long = `${'a'.repeat(200)} ${'b c '.repeat(50)}`;
    for (const report of [hostileCheck(result, [long]), hostileProbes(result, [long])]) {
      expectToFit((style) => text.render(report, style));
    }
    const many = hostileCheck(result, HOSTILE_TEXTS);
    expectToFit((style) => text.render(many, style));
    const check = checkResult([target(result, judgements())]);
    const waiting = { ...check, nextDueAt: '2026-01-05T08:05:00.000Z' };
    expectToFit((style) => text.render({ kind: 'check', result: waiting }, style));
  });

  it('holds nothing that a terminal or a build server would obey', async () => {
    const result = await measuredResult();
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 40 })),
        fc.nat({ max: 90 }),
        (piece, indent) => {
          const said = `${'x'.repeat(indent)} ::error::y ##[debug]z ${piece}`;
          for (const report of [hostileCheck(result, [said]), hostileProbes(result, [said])]) {
            const shown = text.render(report, PLAIN);
            expect(shown).to.match(/^(?:[^\p{Cc}]|\n)*$/u);
            expect(shown).to.not.match(/^\s*::/mu);
            expect(shown).to.not.match(/##\w*\[/u);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
