import { expect } from 'chai';
import { ofDay, parseSenderPool } from '../../../../src/core/run/sender-pool.js';

describe('a pool of senders', () => {
  it('is one address, or several without repeats', () => {
    expect(parseSenderPool('me@Sender.Example')).to.deep.equal({
      kind: 'list',
      addresses: ['me@sender.example'],
    });
    expect(parseSenderPool(' a@s.example, b@s.example,,a@s.example ')).to.deep.equal({
      kind: 'list',
      addresses: ['a@s.example', 'b@s.example'],
    });
  });

  it('is a template, with its domain in A-labels', () => {
    expect(parseSenderPool('probe-{nonce}@bücher.example')).to.deep.equal({
      kind: 'template',
      template: 'probe-{nonce}@xn--bcher-kva.example',
    });
  });

  for (const [text, says] of [
    ['', /--from is empty/u],
    [',', /--from is empty/u],
    ['{nonce}', /must stand before the @/u],
    ['a@{nonce}.example', /must stand before the @/u],
    ['{nonce}@a.example,b@b.example', /one template/u],
    [
      '{nonse}@b.example',
      /'\{nonse\}@b\.example' has braces that are not those of \{nonce\} or \{date\}/u,
    ],
    ['{{nonce}}@b.example', /has braces/u],
    ['a@b.example,{Nonce}@b.example', /has braces/u],
    ['{\u001b}@b.example', /'\{\\x1b\}@b\.example' has braces/u],
    ['a@b.example,nobody', /'nobody' has no @/u],
    ['a@n{date}.example', /has braces/u],
    ['<>', /null sender/u],
  ] as const) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(() => parseSenderPool(text)).to.throw(says);
    });
  }
});

describe('ofDay', () => {
  it('puts the day in UTC for each {date}', () => {
    const late = Date.UTC(2026, 10, 30, 23, 59);
    expect(ofDay('p-{nonce}@n{date}.example,a@{date}.example', late)).to.equal(
      'p-{nonce}@n20261130.example,a@20261130.example',
    );
  });

  it('makes senders of a domain for each day', () => {
    expect(parseSenderPool(ofDay('p-{nonce}@n{date}.example', Date.UTC(2026, 0, 2)))).to.deep.equal(
      {
        kind: 'template',
        template: 'p-{nonce}@n20260102.example',
      },
    );
  });
});
