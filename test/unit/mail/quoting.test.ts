import { expect } from 'chai';
import { withoutQuoteMarks } from '../../../src/mail/quoting.js';

describe('withoutQuoteMarks', () => {
  it('takes the marks of an answer away, however deep', () => {
    expect(withoutQuoteMarks('> a\r\n> > b\n>> c\nd')).to.equal('a\nb\nc\nd');
  });

  it('leaves the commands that sendmail shows', () => {
    const shown = '>>> RCPT To:<u@example.org>\n>>> QUIT\n<<< 450 no';
    expect(withoutQuoteMarks(shown)).to.equal(shown);
    expect(withoutQuoteMarks('> >>> QUIT\n> <<< 450 no')).to.equal('>>> QUIT\n<<< 450 no');
  });

  it('leaves one line alone: it may be the bracket that closes a status', () => {
    expect(withoutQuoteMarks('<host #4.7.1 smtp;450 no\n>')).to.equal(
      '<host #4.7.1 smtp;450 no\n>',
    );
  });
});
