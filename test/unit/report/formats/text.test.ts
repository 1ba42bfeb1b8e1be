import { expect } from 'chai';
import fc from 'fast-check';
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
        '              opensBySeconds = 302.5',
        '              opensAfterSeconds = unknown',
        '              said = some text',
        '              tls = true',
        '  not-judged  expectation-not-judged: expected some text; found some text',
        '              [throttled]',
        '',
        'Check failed: 1 passed, 1 failed, 1 not judged.',
        '',
      ].join('\n'),
    );
  });

  it('fits its columns, whatever is said', async () => {
    const result = await measuredResult();
    const long = `${'a'.repeat(200)} ${'b c '.repeat(50)}`;
    for (const report of [hostileCheck(result, [long]), hostileProbes(result, [long])]) {
      expectToFit((style) => text.render(report, style));
    }
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
