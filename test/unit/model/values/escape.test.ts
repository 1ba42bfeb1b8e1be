import { expect } from 'chai';
import { escapeControl, escapeLines } from '../../../../src/model/values/escape.js';
import { wrapText } from '../../../../src/report/text/wrap.js';
import { HOSTILE, obeyed } from '../../../support/hostile-words.js';

describe('escapeControl', () => {
  it('leaves plain text alone', () => {
    for (const text of ['450 4.7.1 Größe', '::1', '2001:db8::1 and fe80::a', 'a::b', '# [x]']) {
      expect(escapeControl(text)).to.equal(text);
    }
  });

  for (const [name, word] of Object.entries(HOSTILE)) {
    it(`makes ${name} harmless, however it is wrapped`, () => {
      expect(obeyed(word.replaceAll(/\r\n|\ud800/gu, '\u0007'))).to.not.equal(null);
      for (let columns = 12; columns < 90; columns += 1) {
        const shown = wrapText(escapeControl(`${'word '.repeat(9)}${word} and more`), columns);
        expect(obeyed(shown.join('\n'))).to.equal(null);
      }
      expect(escapeControl(word)).to.not.match(/\p{Surrogate}/u);
    });
  }
});

describe('escapeLines', () => {
  it('keeps line ends, tabs and colours', () => {
    const text = '\u001b[1mHead\u001b[22m\n\tone\n';
    expect(escapeLines(text)).to.equal(text);
  });

  it('stops a command that came about from several parts', () => {
    expect(escapeLines('a\n  ::error and then ::b')).to.equal('a\n  \\x3a:error and then ::b');
  });

  for (const [name, word] of Object.entries(HOSTILE)) {
    it(`makes ${name} harmless`, () => {
      expect(obeyed(escapeLines(`one\n${word}\n\u001b[1m${word}`))).to.equal(null);
    });
  }
});
