import { expect } from 'chai';
import fc from 'fast-check';
import { decodeLine, isLastLine, parseReplyLines } from '../../../src/model/reply.js';

describe('parseReplyLines', () => {
  const good: readonly [string, readonly string[], unknown][] = [
    ['one line', ['250 OK'], { code: 250, enhanced: null, text: ['OK'] }],
    ['a code alone', ['250'], { code: 250, enhanced: null, text: [''] }],
    ['a code and a space', ['250 '], { code: 250, enhanced: null, text: [''] }],
    ['a tab for the space', ['250\tOK'], { code: 250, enhanced: null, text: ['OK'] }],
    [
      'an enhanced code',
      ['450 4.7.1 Greylisted'],
      { code: 450, enhanced: '4.7.1', text: ['Greylisted'] },
    ],
    ['an enhanced code alone', ['250 2.1.5'], { code: 250, enhanced: '2.1.5', text: [''] }],
    [
      'an enhanced code on every line',
      ['450-4.7.1 Come', '450 4.7.1 back'],
      { code: 450, enhanced: '4.7.1', text: ['Come', 'back'] },
    ],
    [
      'an enhanced code on the last line only',
      ['450-Come', '450 4.7.1 back'],
      { code: 450, enhanced: '4.7.1', text: ['Come', 'back'] },
    ],
    [
      'an enhanced code whose class contradicts the basic code',
      ['450 5.7.1 Odd'],
      { code: 450, enhanced: '5.7.1', text: ['Odd'] },
    ],
    [
      'three-digit subject and detail',
      ['550 5.123.456 x'],
      { code: 550, enhanced: '5.123.456', text: ['x'] },
    ],
    ['no such class', ['450 3.7.1 x'], { code: 450, enhanced: null, text: ['3.7.1 x'] }],
    ['an address', ['450 4.7.1.2 x'], { code: 450, enhanced: null, text: ['4.7.1.2 x'] }],
    ['too many digits', ['450 4.7.1000 x'], { code: 450, enhanced: null, text: ['4.7.1000 x'] }],
    [
      'control characters',
      ['450 \u001b[31mred\u0000\r'],
      { code: 450, enhanced: null, text: ['\u001b[31mred\u0000\r'] },
    ],
    ['354', ['354 go'], { code: 354, enhanced: null, text: ['go'] }],
  ];
  for (const [name, lines, reply] of good) {
    it(`reads ${name}`, () => {
      expect(parseReplyLines(lines)).to.deep.equal({ reply, problem: null });
    });
  }

  const garbled: readonly [string, readonly string[], RegExp][] = [
    ['no line', [], /no reply line/],
    ['no digits', ['hello'], /"hello" is not/],
    ['two digits', ['25 OK'], /"25 OK" is not/],
    ['four digits', ['2500 OK'], /"2500 OK" is not/],
    ['a code stuck to its text', ['250OK'], /"250OK" is not/],
    ['a code below 200', ['199 x'], /is not an SMTP reply/],
    ['a code above 599', ['600 x'], /is not an SMTP reply/],
    ['two codes in one reply', ['250-a', '550 b'], /codes 250 and 550/],
    ['a long line, which is shortened', ['x'.repeat(500)], /^"x{60}\.\.\." is not/],
  ];
  for (const [name, lines, problem] of garbled) {
    it(`calls garbled: ${name}`, () => {
      const parsed = parseReplyLines(lines);
      expect(parsed.reply).to.equal(null);
      expect(parsed.problem).to.match(problem);
    });
  }

  it('never throws, whatever the lines', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (lines) => {
        const { reply, problem } = parseReplyLines(lines);
        expect(reply === null).to.equal(problem !== null);
      }),
    );
  });

  it('reads back every reply that it could have been given', () => {
    const word = fc.stringMatching(/^[A-Za-z][ -~]{0,40}$/);
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 599 }),
        fc.option(fc.constantFrom('2.0.0', '4.7.1', '5.1.10')),
        fc.array(word, { minLength: 1, maxLength: 5 }),
        (code, enhanced, text) => {
          const lines = text.map((line, index) =>
            [`${code}${index === text.length - 1 ? ' ' : '-'}`, enhanced && `${enhanced} `, line]
              .filter(Boolean)
              .join(''),
          );
          expect(parseReplyLines(lines).reply).to.deep.equal({ code, enhanced, text });
        },
      ),
    );
  });
});

describe('isLastLine', () => {
  it('holds for everything but a code with a hyphen', () => {
    expect(['250-', '250-x'].map(isLastLine)).to.deep.equal([false, false]);
    expect(['250', '250 x', '250x', '', 'abc-', '25-'].map(isLastLine)).to.not.include(false);
  });
});

describe('decodeLine', () => {
  it('reads UTF-8', () => {
    expect(decodeLine(Buffer.from('450 später').toString('latin1'))).to.equal('450 später');
  });

  it('keeps bytes that are not UTF-8, as latin1', () => {
    expect(decodeLine('450 sp\xe4ter')).to.equal('450 später');
  });

  it('keeps a byte order mark, which is data here', () => {
    expect(decodeLine('\xef\xbb\xbf250')).to.equal('\ufeff250');
  });
});
