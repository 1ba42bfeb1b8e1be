import { expect } from 'chai';
import { mailsOf } from '../../../../src/mail/bounces/mbox.js';

function split(text: string): string[] {
  return [...mailsOf(Buffer.from(text, 'latin1'))].map((mail) => mail.toString('latin1'));
}

const FROM = 'From MAILER-DAEMON Wed Nov 25 10:15:03 2026';

describe('mailsOf', () => {
  it('gives one mail as it is', () => {
    expect(split('Subject: a\n\nbody\n')).to.deep.equal(['Subject: a\n\nbody\n']);
    expect(split('')).to.deep.equal(['']);
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
    expect(split(FROM)).to.deep.equal(['']);
  });
});
