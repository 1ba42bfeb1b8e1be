import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import type { ProbeResult } from '../../../../src/contract/probe-result.js';
import { renderText } from '../../../../src/report/text/text.js';
import { HOSTILE_TEXTS, measuredResult, withText } from '../formats/support/reports.js';
import { expectToFit, LONG_TEXTS } from '../support/fits.js';

describe('the report of a probe', () => {
  let result: ProbeResult;

  before(async () => {
    result = await measuredResult();
  });

  it('has the verdict first, then picture, advice, evidence, connections and notes', () => {
    const text = renderText(result);
    const heads = [
      ' greylists (Postgrey): a retry passes after ',
      'Verdict: greylisted, confirmed. ',
      '\nretried ',
      '\nExchange 2000/2003: GlitchRetrySeconds = ',
      '\nsender ',
      '\nEvidence\n',
      '\nConnections\n',
      '\nNote: ',
    ];
    const places = heads.map((head) => text.indexOf(head));
    expect(places[0]).to.be.within(1, 80);
    expect(places)
      .to.deep.equal([...places].sort((a, b) => a - b))
      .and.not.to.include(-1);
  });

  it('shows the beginning of a reply that is pages long', () => {
    const evidence = [{ rule: 'reply', says: 'word '.repeat(4000), attempt: 7 }];
    const text = renderText({ ...result, verdict: { ...result.verdict, evidence } });
    expect(text).to.match(/\.\.\.\s+\[7\]\n/u);
    expect(text.match(/word/gu)).to.have.lengthOf.within(100, 130);
  });

  it('fits the columns that there are', () => {
    expectToFit((style) => renderText(result, style));
  });

  for (const text of [...HOSTILE_TEXTS, ...LONG_TEXTS]) {
    it(`stays in its columns with ${JSON.stringify(text.slice(0, 40))}`, () => {
      const shown = renderText(withText(result, text));
      expectToFit((style) => renderText(withText(result, text), style));
      for (const line of shown.split('\n')) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may get through.
        expect(line).not.to.match(/[\u0000-\u001f\u007f-\u009f\u200b\u202e\u2028\u2029]/u);
      }
      expect(stripVTControlCharacters(shown)).to.equal(shown);
    });
  }
});
