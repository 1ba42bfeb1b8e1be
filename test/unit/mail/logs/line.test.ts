import { expect } from 'chai';
import { Line } from '../../../../src/mail/logs/line.js';

/** Shows lines one after the other to one `Line`; what it saw of each. */
function seen(...lines: readonly string[]): (string | null)[][] {
  const line = new Line((program) => `reader of ${program}`);
  return lines.map((text) => {
    line.show(text, 0, text.length);
    return [line.logHost(), line.program, line.reader, line.words()];
  });
}

describe('Line', () => {
  it('knows a head again, in lines of other heads', () => {
    const rows = seen(
      'Jan  5 10:00:00 mail postfix/smtp[123]: 4ABC: one',
      'Jan  5 10:00:00 mail postfix/smtpd[7]: two',
      'Jan  5 10:00:01 mail postfix/smtp[99999]: 4ABD: three',
      '2026-01-05T10:00:00.123+01:00 mail postfix/smtp[5]: 4ABE: four',
    );
    expect(rows).to.deep.equal([
      ['mail', 'postfix/smtp', 'reader of postfix/smtp', '4ABC: one'],
      ['mail', 'postfix/smtpd', 'reader of postfix/smtpd', 'two'],
      ['mail', 'postfix/smtp', 'reader of postfix/smtp', '4ABD: three'],
      ['mail', 'postfix/smtp', 'reader of postfix/smtp', '4ABE: four'],
    ]);
  });

  it('tells hosts apart whose names begin or end alike', () => {
    const rows = seen(
      'Jan  5 10:00:00 mx1 postfix/smtp[1]: one two three',
      'Jan  5 10:00:00 mx2 postfix/smtp[1]: one two three',
      'Jan  5 10:00:00 mx12 postfix/smtp[1]: one two three',
      'Jan  5 10:00:00 mx1 postfix/smtp[1]: one two three',
    );
    expect(rows.map(([host]) => host)).to.deep.equal(['mx1', 'mx2', 'mx12', 'mx1']);
  });

  it('takes no head for known whose process has no number, or that ends otherwise', () => {
    const rows = seen(
      'Jan  5 10:00:00 mail postfix/smtp[123]: 4ABC: one',
      'Jan  5 10:00:00 mail postfix/smtp[123: 4ABC: one',
      'Jan  5 10:00:00 mail postfix/smtpX[123]: 4ABC: one',
      'Jan  5 10:00:00 mail dovecot: imap-login: one',
      'Jan  5 10:00:00 mail dovecot:imap-login[1]: one',
      'Jan  5 10:00:00 mail dovecot:',
    );
    expect(rows.map(([, program]) => program)).to.deep.equal([
      'postfix/smtp',
      '',
      'postfix/smtpX',
      'dovecot',
      'dovecot:imap-login',
      'dovecot',
    ]);
  });
});
