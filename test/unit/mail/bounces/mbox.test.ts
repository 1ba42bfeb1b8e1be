import { expect } from 'chai';
import { MailboxSplitter } from '../../../../src/mail/bounces/mbox.js';

/** The mails of a mailbox that comes in chunks of this size. */
function split(text: string, size = 1000, mostBytes = 10_000): string[] {
  const splitter = new MailboxSplitter(mostBytes);
  const bytes = Buffer.from(text, 'latin1');
  const mails: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    mails.push(...splitter.feed(bytes.subarray(at, at + size)));
  }
  return [...mails, ...splitter.end()].map((mail) => mail.toString('latin1'));
}

const FROM = 'From MAILER-DAEMON Wed Nov 25 10:15:03 2026';

describe('MailboxSplitter', () => {
  it('gives one mail as it is', () => {
    expect(split('Subject: a\n\nbody\n')).to.deep.equal(['Subject: a\n\nbody\n']);
    expect(split('')).to.deep.equal([]);
  });

  it('splits a mailbox, with either line end', () => {
    for (const end of ['\n', '\r\n']) {
      const text = [FROM, 'Subject: a', '', 'one', '', FROM, 'Subject: b', '', 'two', ''].join(end);
      expect(split(text).map((mail) => mail.trim().split(end).at(-1))).to.deep.equal([
        'one',
        'two',
      ]);
    }
  });

  it('does not split at a sentence that begins with From', () => {
    const text = `${FROM}\nSubject: a\n\nHello\n\nFrom now on all is well\n`;
    expect(split(text)).to.have.length(1);
  });

  it('takes a lone first line', () => {
    expect(split(FROM)).to.deep.equal([]);
  });

  it('finds the same mails wherever the chunks are cut', () => {
    const text = Array.from(
      { length: 9 },
      (_, n) => `${FROM}\nSubject: ${n}\n\nbody ${n}\n\n`,
    ).join('');
    const whole = split(text);
    expect(whole).to.have.length(9);
    for (const size of [1, 7, 64, 401])
      expect(split(text, size), String(size)).to.deep.equal(whole);
  });

  it('holds no more of a mail than it may, and finds the next one', () => {
    const text = `${FROM}\nSubject: a\n\n${'x'.repeat(50_000)}\n\n${FROM}\nSubject: b\n\ntwo\n`;
    const mails = split(text);
    expect(mails.map((mail) => mail.slice(0, 10))).to.deep.equal(['Subject: a', 'Subject: b']);
    expect(mails[0]?.length).to.be.below(11_000);
  });
});
