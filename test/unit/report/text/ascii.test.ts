import { expect } from 'chai';
import { buildResult } from '../../../../src/contract/build-result.js';
import { asciiText } from '../../../../src/report/text/ascii.js';
import { renderText } from '../../../../src/report/text/text.js';
import { columnsOf } from '../../../../src/report/text/wrap.js';
import { outcomeRuns } from '../../../support/outcomes.js';

describe('asciiText', () => {
  it('draws in ASCII, and escapes what others wrote', () => {
    expect(asciiText('░░▓o ─── ‹ RFC 6647 §5')).to.equal('..#o --- < RFC 6647 s5');
    expect(asciiText('é 分 😀')).to.equal('\\u{e9} \\u{5206} \\u{1f600}');
  });

  it('keeps every column of our own reports', async () => {
    for (const { state } of await outcomeRuns()) {
      const result = buildResult(state, '1.2.3');
      const before = renderText(result).split('\n');
      const after = asciiText(renderText(result)).split('\n');
      expect(after.map((line) => line.length)).to.deep.equal(before.map(columnsOf));
      expect(after.join('')).to.match(/^\p{ASCII}*$/u);
    }
  });
});
