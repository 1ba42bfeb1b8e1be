import { expect } from 'chai';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { composeMessage } from '../../../../src/core/run/probe-message.js';

const PARTS = {
  from: 'probe@sender.example',
  to: 'user@example.org',
  messageId: 'word@mail.sender.example',
  dateWallMs: Date.UTC(2026, 10, 23, 20, 8, 9),
  helo: 'mail.sender.example',
};

describe('composeMessage', () => {
  it('says what it is, in the header and in words', async () => {
    const mail = await PostalMime.parse(composeMessage(PARTS));
    const header = Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]));
    expect(mail.from?.address).to.equal(PARTS.from);
    expect(mail.to?.[0]?.address).to.equal(PARTS.to);
    expect(mail.messageId).to.equal('<word@mail.sender.example>');
    expect(header['date']).to.equal('Mon, 23 Nov 2026 20:08:09 +0000');
    expect(header['auto-submitted']).to.equal('auto-generated');
    expect(header['content-type']).to.include('us-ascii');
    expect(mail.subject).to.equal('greyprobe test message, please ignore');
    expect(mail.text).to.match(/test message from greyprobe/);
    expect(mail.text).to.include('Questions to: probe@sender.example');
  });

  it('is the same for the same parts', () => {
    expect(composeMessage(PARTS)).to.equal(composeMessage({ ...PARTS }));
  });

  it('marks addresses that are not ASCII', () => {
    const message = composeMessage({ ...PARTS, to: 'müller@example.org' });
    expect(message).to.include('charset=utf-8').and.to.include('8bit');
  });

  it('has CRLF line ends only, short lines, and the same header names, whatever the parts', () => {
    const namesOf = (message: string) =>
      (message.split('\r\n\r\n')[0] ?? '')
        .split('\r\n')
        .filter((line) => !line.startsWith(' '))
        .map((line) => line.split(':')[0]);
    const usual = namesOf(composeMessage(PARTS));
    const text = fc.string({ unit: 'binary', maxLength: 250 });
    fc.assert(
      fc.property(text, (helo) => {
        const message = composeMessage({ ...PARTS, helo });
        expect(message.replaceAll('\r\n', '')).to.not.match(/[\r\n]/);
        expect(message.split('\r\n').every((line) => Buffer.byteLength(line) <= 998)).to.equal(
          true,
        );
        expect(namesOf(message)).to.deep.equal(usual);
      }),
    );
  });
});
