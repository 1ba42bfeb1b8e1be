import { expect } from 'chai';
import fc from 'fast-check';
import {
  MAX_LINE_BYTES,
  MAX_REPLY_BYTES,
  MAX_REPLY_LINES,
} from '../../../../src/edges/smtp/limits.js';
import { ReplyReader } from '../../../../src/edges/smtp/reply-reader.js';

function reader(): ReplyReader {
  return new ReplyReader(() => {});
}

function takeAll(from: ReplyReader): (readonly string[])[] {
  const replies: (readonly string[])[] = [];
  for (let reply = from.takeReply(); reply !== null; reply = from.takeReply()) replies.push(reply);
  return replies;
}

describe('ReplyReader', () => {
  it('cuts replies wherever the input is cut', () => {
    const input = '220-a\r\n220 b\r\n250\n451-x\r\n451 y\r\n';
    const whole = [['220-a', '220 b'], ['250'], ['451-x', '451 y']];
    fc.assert(
      fc.property(fc.array(fc.nat(input.length)), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), input.length];
        const parts = places.slice(1).map((end, index) => input.slice(places[index], end));
        const r = reader();
        for (const part of parts) expect(r.feed(part)).to.equal(null);
        expect(takeAll(r)).to.deep.equal(whole);
        expect(r.pending).to.equal(false);
      }),
    );
  });

  it('has no reply until the last line has ended', () => {
    const r = reader();
    r.feed('250-a\r\n250 b');
    expect([r.hasReply, r.pending, r.takeReply()]).to.deep.equal([false, true, null]);
    r.feed('\r\n');
    expect(r.hasReply).to.equal(true);
  });

  it('shows what is left after a reply, even a single byte', () => {
    const r = reader();
    r.feed('220 go\r\n2');
    expect(r.takeReply()).to.deep.equal(['220 go']);
    expect(r.pending).to.equal(true);
  });

  it('gives each line to the listener, decoded', () => {
    const seen: string[] = [];
    const r = new ReplyReader((line) => seen.push(line));
    r.feed('250-\xc3\xa4\r\n\r\n250 \xe4\r\n');
    expect(seen).to.deep.equal(['250-ä', '250 ä']);
  });

  const overflows: readonly [string, string, number][] = [
    ['line', 'x', MAX_LINE_BYTES + 2],
    ['lines', '250-\r\n', MAX_REPLY_LINES + 1],
    ['bytes', `250-${'x'.repeat(1000)}\r\n`, Math.ceil(MAX_REPLY_BYTES / 1006)],
    ['bytes', '\n', MAX_REPLY_BYTES + 1],
  ];
  for (const [bound, piece, times] of overflows) {
    it(`says when ${JSON.stringify(piece.slice(0, 6))} repeated breaks the bound on ${bound}`, () => {
      const r = reader();
      for (let time = 1; time < times; time += 1) expect(r.feed(piece)).to.equal(null);
      expect(r.feed(piece)).to.equal(bound);
      expect(reader().feed(piece.repeat(times))).to.equal(bound);
    });
  }

  it('takes a line as long as the bound', () => {
    expect(reader().feed(`250 ${'x'.repeat(MAX_LINE_BYTES - 4)}\r\n`)).to.equal(null);
    expect(reader().feed(`250 ${'x'.repeat(MAX_LINE_BYTES - 3)}\r\n`)).to.equal('line');
  });

  it('does not add up replies that were taken', () => {
    const r = reader();
    for (let n = 0; n < 1000; n += 1) {
      expect(r.feed(`250 ${'x'.repeat(1000)}\r\n`)).to.equal(null);
      r.takeReply();
    }
  });

  it('never throws and never keeps more than its bounds, whatever the bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 5000 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 20 }), (chunks) => {
        const r = reader();
        for (const chunk of chunks) {
          if (r.feed(Buffer.from(chunk).toString('latin1')) !== null) return;
        }
        const lines = takeAll(r).flat();
        expect(lines.every((line) => line.length <= MAX_LINE_BYTES)).to.equal(true);
      }),
    );
  });
});
