import { expect } from 'chai';
import { columnsOf, hanging, pieces, shorten, wrapText } from '../../../src/report/wrap.js';

describe('wrapping', () => {
  it('counts columns as a terminal does', () => {
    expect(columnsOf('Greylisted')).to.equal(10);
    expect(columnsOf('später')).to.equal(6);
    expect(columnsOf('e\u0301')).to.equal(1);
    expect(columnsOf('漢字')).to.equal(4);
    expect(columnsOf('😀')).to.equal(2);
  });

  it('breaks at blanks, and cuts a word that is too long', () => {
    expect(wrapText('one two three', 7)).to.deep.equal(['one two', 'three']);
    expect(wrapText('abcdefghij k', 4)).to.deep.equal(['abcd', 'efgh', 'ij k']);
    expect(wrapText('', 10)).to.deep.equal(['']);
  });

  it('never cuts inside a character', () => {
    expect(pieces('a😀😀', 2)).to.deep.equal(['a', '😀', '😀']);
    expect(pieces('漢字漢', 4)).to.deep.equal(['漢字', '漢']);
    expect(wrapText('漢字 漢字', 8)).to.deep.equal(['漢字', '漢字']);
  });

  it('hangs text beside a label', () => {
    expect(hanging('  - ', 'one two three', 4, 11)).to.deep.equal(['  - one two', '    three']);
  });

  it('shortens', () => {
    expect(shorten('abcdef', 6)).to.equal('abcdef');
    expect(shorten('abcdefg', 6)).to.equal('abc...');
    expect(shorten('漢字漢字', 7)).to.equal('漢字...');
    expect(shorten('a😀b😀c😀', 7)).to.equal('a😀b...');
  });
});
