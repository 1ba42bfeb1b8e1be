import { expect } from 'chai';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { refuseTypographic } from '../../../../src/model/values/typographic.js';

function refusalOf(text: string): string {
  try {
    refuseTypographic(text, 'a name');
  } catch (error) {
    if (error instanceof GreyprobeError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

describe('refuseTypographic', () => {
  it('names the mark', () => {
    expect(refusalOf('“mail.example”')).to.equal(
      "typographic-mark: '“mail.example”' holds a typographic quotation mark (“), which is no part of a name.",
    );
    expect(refusalOf('a‑b.example')).to.contain('holds a typographic dash (‑)');
  });

  it('takes what is typed on a keyboard, and other scripts', () => {
    for (const text of ["o'neil", 'a-b', '"x"', 'bücher.example', '例え.テスト']) {
      expect(refusalOf(text)).to.equal('taken');
    }
  });
});
