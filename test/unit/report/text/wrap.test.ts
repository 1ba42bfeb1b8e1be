import { expect } from 'chai';
import {
  columnsOf,
  flowed,
  hanging,
  pieces,
  shorten,
  shortenInside,
  wrapLonger,
  wrapText,
} from '../../../../src/report/text/wrap.js';

describe('wrapping', () => {
  it('counts columns as a terminal does', () => {
    expect(columnsOf('Greylisted')).to.equal(10);
    expect(columnsOf('später')).to.equal(6);
    expect(columnsOf('e\u0301')).to.equal(1);
    expect(columnsOf('漢字')).to.equal(4);
    expect(columnsOf('😀')).to.equal(2);
    for (const wide of ['☕', '⌚', '✅', '⚠️', '👨‍👩‍👧', '🇨🇭'])
      expect(columnsOf(wide), wide).to.equal(2);
    expect(columnsOf('a\u200bb')).to.equal(2);
  });

  it('breaks at blanks, and cuts a word that is too long', () => {
    expect(wrapText('one two three', 7)).to.deep.equal(['one two', 'three']);
    expect(wrapText('abcdefghij k', 4)).to.deep.equal(['abcd', 'efgh', 'ij k']);
    expect(wrapText('', 10)).to.deep.equal(['']);
  });

  it('never cuts inside a character', () => {
    expect(pieces('a😀😀', 2)).to.deep.equal(['a', '😀', '😀']);
    expect(pieces('漢字漢', 4)).to.deep.equal(['漢字', '漢']);
    expect(pieces('ab👨‍👩‍👧c', 3)).to.deep.equal(['ab', '👨‍👩‍👧c']);
    expect(pieces('e\u0301e\u0301', 1)).to.deep.equal(['e\u0301', 'e\u0301']);
    expect(shortenInside('ab👨‍👩‍👧cd👨‍👩‍👧', 7)).to.equal('ab...👨‍👩‍👧');
    expect(wrapText('漢字 漢字', 8)).to.deep.equal(['漢字', '漢字']);
  });

  it('hangs text beside a label', () => {
    expect(hanging('  - ', 'one two three', 4, 11)).to.deep.equal(['  - one two', '    three']);
  });

  it('puts text below a label that takes more than half of the line', () => {
    expect(hanging('  a label  ', 'one two three', 11, 20)).to.deep.equal([
      '  a label',
      '        one two',
      '        three',
    ]);
    expect(hanging('', 'one two three', 11, 20)[0]).to.equal('        one two');
  });

  it('leaves text that fits as it is', () => {
    expect(wrapLonger('Jan  5', 6)).to.deep.equal(['Jan  5']);
    expect(wrapLonger('Jan  5 10:00', 8)).to.deep.equal(['Jan 5', '10:00']);
  });

  it('flows entries without breaking one', () => {
    expect(flowed(['x refused', 'o lands', '? perhaps'], 18)).to.deep.equal([
      'x refused  o lands',
      '? perhaps',
    ]);
  });

  it('shortens in the middle', () => {
    expect(shortenInside('exchange-2003 G=60', 18)).to.equal('exchange-2003 G=60');
    expect(shortenInside('exchange-2003 G=60', 15)).to.equal('exchan...3 G=60');
    expect(shortenInside('漢字漢字漢字', 9)).to.equal('漢字...字');
  });

  it('shortens', () => {
    expect(shorten('abcdef', 6)).to.equal('abcdef');
    expect(shorten('abcdefg', 6)).to.equal('abc...');
    expect(shorten('漢字漢字', 7)).to.equal('漢字...');
    expect(shorten('a😀b😀c😀', 7)).to.equal('a😀b...');
  });
});
