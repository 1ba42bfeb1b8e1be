import { expect } from 'chai';
import fc from 'fast-check';
import { LineScanner, MAX_LINE_LENGTH } from '../../../../src/mail/logs/line-scanner.js';

function scan(chunks: readonly Buffer[]) {
  const seen: [number, string][] = [];
  const scanner = new LineScanner((chunk, start, end, number) =>
    seen.push([number, chunk.slice(start, end)]),
  );
  for (const chunk of chunks) scanner.feed(chunk);
  scanner.end();
  return { seen, lines: scanner.lines, longLines: scanner.longLines };
}

/** The text cut at the given places. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const chunks: Buffer[] = [];
  let start = 0;
  for (const end of [...at, bytes.length]) {
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}

const line = fc.stringMatching(/^[ab=x\r\xe4]{0,12}$/);

describe('LineScanner', () => {
  it('finds the same lines wherever the chunks are cut', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.boolean(),
        fc.array(fc.nat(200), { maxLength: 8 }),
        (lines, ended, places) => {
          const text = lines.join('\n') + (ended && lines.length > 0 ? '\n' : '');
          const all = text === '' ? [] : text.replace(/\n$/, '').split('\n');
          const expected = all.map((one, index): [number, string] => [
            index + 1,
            one.replace(/\r$/, ''),
          ]);
          const { seen, lines: count } = scan(cut(text, places));
          expect(seen).to.deep.equal(expected);
          expect(count).to.equal(all.length);
        },
      ),
    );
  });

  it('reads the beginning of a line that is too long, and goes on after it', () => {
    const long = `needle ${'x'.repeat(3 * MAX_LINE_LENGTH)} needle`;
    const { seen, lines, longLines } = scan(
      cut(`one needle\n${long}\nthree needle\n`, [5, 40_000, 80_000, 150_000]),
    );
    expect(seen.map(([number, text]) => [number, text.length])).to.deep.equal([
      [1, 10],
      [2, MAX_LINE_LENGTH],
      [3, 12],
    ]);
    expect({ lines, longLines }).to.deep.equal({ lines: 3, longLines: 1 });
  });

  it('keeps nothing of a line without end', () => {
    const chunk = Buffer.alloc(65_536, 0x61);
    const { seen, lines, longLines } = scan(Array.from({ length: 20 }, () => chunk));
    expect({ seen: seen.length, lines, longLines }).to.deep.equal({
      seen: 1,
      lines: 1,
      longLines: 1,
    });
  });
});
