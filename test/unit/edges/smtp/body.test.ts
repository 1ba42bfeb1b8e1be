import { expect } from 'chai';
import fc from 'fast-check';
import { dataOf } from '../../../../src/edges/smtp/body.js';

/** What a server makes of it: RFC 5321 §4.5.2. */
function undo(data: string): string {
  const end = data.endsWith('\r\n.\r\n') ? data.slice(0, -3) : data;
  return end
    .split('\r\n')
    .map((line) => line.replace(/^\./, ''))
    .join('\r\n');
}

describe('dataOf', () => {
  it('stuffs every line that begins with a dot', () => {
    expect(dataOf('.a\r\n..b\r\nc.\r\n.\r\n')).to.equal('..a\r\n...b\r\nc.\r\n..\r\n.\r\n');
  });

  it('ends a last line that has no end, and turns other line ends into CRLF', () => {
    expect(dataOf('a\nb\rc')).to.equal('a\r\nb\r\nc\r\n.\r\n');
  });

  it('has one end and nothing but CRLF, and the message comes out as it went in', () => {
    const piece = fc.constantFrom('.', 'a', '\r\n', '\n', '\r', '..');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const message = pieces.join('');
        const data = dataOf(message);
        expect(data.replaceAll('\r\n', '')).to.not.match(/[\r\n]/);
        expect(data.indexOf('\r\n.\r\n')).to.equal(data.length - 5);
        const lines = message.replace(/\r\n|\r/g, '\n').replace(/\n$/, '');
        expect(undo(data)).to.equal(`${lines.replaceAll('\n', '\r\n')}\r\n`);
      }),
    );
  });
});
