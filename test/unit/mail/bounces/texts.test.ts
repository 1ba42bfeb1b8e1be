import { expect } from 'chai';
import { parseBounceText } from '../../../../src/mail/bounces/bounce-text.js';
import { parseDeliveryStatus } from '../../../../src/mail/bounces/delivery-status.js';
import { parseReplyText } from '../../../../src/mail/bounces/reply.js';
import type { Finding } from '../../../../src/mail/finding.js';

function said({ reply }: Finding): string {
  return reply === null
    ? 'nothing'
    : `${reply.code} ${reply.enhanced ?? '-'} ${reply.text.join(' | ')}`;
}

describe('parseReplyText', () => {
  const cases: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    ['one line', '450 4.7.1 Greylisted', ['450 4.7.1 Greylisted']],
    ['no enhanced code', '451 Temporary failure', ['451 - Temporary failure']],
    ['code alone', '421', ['421 - ']],
    ['several lines', '450-4.7.1 one\r\n450 4.7.1 two', ['450 4.7.1 one | two']],
    ['several replies', '450 4.7.1 one\n550 5.1.1 two', ['450 4.7.1 one', '550 5.1.1 two']],
    [
      'a wrapped line',
      '450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted, see\nhttp://help.example',
      [
        '450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted, see | http://help.example',
      ],
    ],
    ['nothing below it', '450 4.7.1 no\nis this greylisting', ['450 4.7.1 no']],
    ['no question behind it', '450 4.7.1 no. Is this greylisting?', ['450 4.7.1 no.']],
    ['no stack trace', '450 4.7.1 no\n   at Mail.Send(x)\n   at Main()', ['450 4.7.1 no']],
    ['no copy of the message', '450 4.7.1 no\nBelow is a copy:\nx', ['450 4.7.1 no']],
    ['a transcript', 'C: RCPT TO:<u@example.org>\nS: 450 4.7.1 no', ['450 4.7.1 no']],
    ['marks of swaks', '<** 450 4.7.1 no', ['450 4.7.1 no']],
    ['words before the code', 'The server said: 450 4.7.1 no', ['450 4.7.1 no']],
    ['an enhanced code alone', '4.7.1 no', ['451 4.7.1 no']],
    ['a class 5 enhanced code with a temporary basic code', '450 5.7.1 no', ['450 5.7.1 no']],
    ['brackets around the enhanced code', '450 <4.7.1> no', ['450 4.7.1 no']],
    ['a quotation', 'it says "450 try later"', ['450 - try later']],
    ['a line in quotation marks', "'450 4.7.1 no'", ['450 4.7.1 no']],
    ['an error of Python', "{'u@x.example': (450, b'4.2.0 no')}", ['450 4.2.0 no']],
    [
      'an error of PHPMailer',
      'SMTP Error (450): Failed to add "u@x.example" (4.2.0 no).',
      ['450 4.2.0 no'],
    ],
    ['an error as JSON', '{"response":"450 4.2.0 no","responseCode":450}', ['450 4.2.0 no']],
    [
      'a dialogue without marks',
      'RCPT TO:<u@x.example>\n450 4.7.1 no\nQUIT\n221 Bye',
      ['450 4.7.1 no'],
    ],
    [
      'a dialogue of curl',
      '> RCPT TO:<u@x.example>\n< 450-4.7.1 a\n< 450 4.7.1 b\n> QUIT',
      ['450 4.7.1 a | b'],
    ],
    [
      'a dialogue of swaks',
      ' ~> RCPT TO:<u@x.example>\n<~* 450 4.7.1 no\n ~> QUIT\n<~  221 Bye\n=== closed',
      ['450 4.7.1 no'],
    ],
    ['a version', '"version": "5.2.8", or release 4.7.1 of it', []],
    ['a number in a sentence', 'I ate 450 apples', []],
    ['a success', '250 2.0.0 Ok', []],
    ['an address', 'call 192.0.2.1 or 450.1', []],
    ['words', 'nothing to see here', []],
    ['nothing', '', []],
  ];
  for (const [name, text, expected] of cases) {
    it(`reads ${name}`, () => expect(parseReplyText(text).map(said)).to.deep.equal(expected));
  }

  it('finds the recipient, and does not take a sender for it', () => {
    expect(
      parseReplyText('450 4.2.0 <user@example.org>: Recipient address rejected: x')[0],
    ).to.include({ recipient: 'user@example.org', stage: 'rcpt' });
    expect(
      parseReplyText('450 4.1.8 <a@sender.example>: Sender address rejected: x')[0],
    ).to.include({
      recipient: null,
    });
    expect(
      parseReplyText(
        '451 192.0.2.1 is not yet authorized to deliver mail from <a@s.example> to <u@example.org>.',
      )[0],
    ).to.include({ recipient: 'u@example.org' });
  });
});

describe('parseReplyText, of a dialogue', () => {
  const dialogue = (...lines: string[]) =>
    parseReplyText(['MAIL FROM:<me@sender.example> SIZE=10', '250 Ok', ...lines].join('\n'));

  it('knows the stage, the sender and the recipient from the commands', () => {
    expect(dialogue('RCPT TO:<u@example.org>', '450 4.7.1 no', 'QUIT')[0]).to.include({
      stage: 'rcpt',
      sender: 'me@sender.example',
      recipient: 'u@example.org',
    });
    expect(
      dialogue('RCPT TO:<u@example.org>', '250 Ok', 'DATA', '354 Go', '.', '451 4.7.1 no')[0],
    ).to.include({ stage: 'message', recipient: 'u@example.org' });
    expect(
      parseReplyText('EHLO me.example\n250 Ok\nMAIL FROM:<a@b.example>\n450 no')[0],
    ).to.include({
      stage: 'mail',
      recipient: null,
    });
  });
});

describe('parseBounceText', () => {
  it('says what became of the message, where the words around the reply do', () => {
    const reply =
      '<u@example.org>: host mx.example.org[192.0.2.1] said: 450 4.7.1 no (in reply to RCPT TO command)';
    const fates = [
      ['your message could not\nbe delivered', 'gave-up'],
      ['THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND', 'deferred'],
      ['Hello', 'unknown'],
    ];
    for (const [words, fate] of fates) {
      expect(parseBounceText(`${words}\n\n${reply}`)[0], words).to.include({ fate });
    }
  });

  it('reads a warning of Exim, with the host', () => {
    const [found] = parseBounceText(
      'A message has not yet been delivered.\n\n  u@example.org\n    host mx.example.org [192.0.2.1]\n    Delay reason: SMTP error from remote mail server after RCPT TO:<u@example.org>:\n    451 4.7.1 no',
    );
    expect(found).to.include({
      software: 'exim',
      fate: 'deferred',
      recipient: 'u@example.org',
      remoteHost: 'mx.example.org',
    });
  });

  it('leaves out what Exim and qmail write behind the reply', () => {
    const [exim] = parseBounceText(
      'host mx.example.org [192.0.2.1]\n SMTP error from remote mail server after RCPT TO:<u@example.org>:\n 451 4.7.1 no:\n retry timeout exceeded',
    );
    expect(exim?.reply?.text).to.deep.equal(['no']);
    expect(exim?.fate).to.equal('gave-up');
    const [qmail] = parseBounceText(
      "<u@example.org>:\n192.0.2.1 does not like recipient.\nRemote host said: 451 no\nGiving up on 192.0.2.1.\nI'm not going to try again; this message has been in the queue too long.",
    );
    expect(qmail?.reply?.text).to.deep.equal(['no']);
    expect(qmail?.fate).to.equal('gave-up');
  });

  it('reads Postfix', () => {
    const [found] = parseBounceText(
      '<user@example.org>: host mx.example.org[192.0.2.1] said: 450 4.7.1\n    <user@example.org>: Greylisted (in reply to RCPT TO\n    command)',
    );
    expect(found).to.include({
      software: 'postfix',
      stage: 'rcpt',
      recipient: 'user@example.org',
      remoteHost: 'mx.example.org',
    });
    expect(found && said(found)).to.equal('450 4.7.1 <user@example.org>: Greylisted');
  });

  it('reads mailq', () => {
    const [found] = parseBounceText(
      '4dlPxQ0Zz1z9rxj    1234 Mon Jan  5 10:00:00  alice@sender.example\n(host mx.example.org[192.0.2.1] said: 450 4.7.1 <user@example.org>: Greylisted (in reply to RCPT TO command))\n                                         user@example.org',
    );
    expect(found).to.include({ recipient: 'user@example.org', stage: 'rcpt' });
  });

  it('reads Exim', () => {
    const [found] = parseBounceText(
      'A message that you sent could not be delivered.\n\n  user@example.org\n    SMTP error from remote mail server after RCPT TO:<user@example.org>:\n    host mx.example.org [192.0.2.1]: 451 Greylisted,\n    please try again in 300 seconds',
    );
    expect(found).to.include({
      software: 'exim',
      stage: 'rcpt',
      recipient: 'user@example.org',
      remoteAddress: '192.0.2.1',
    });
    expect(found && said(found)).to.equal('451 - Greylisted, please try again in 300 seconds');
  });

  it('reads Exim with the host before the error', () => {
    const [found] = parseBounceText(
      '  user@example.org\n    host mx.example.org [192.0.2.1]\n    SMTP error from remote mail server after end of data:\n    451 4.7.1 Try again later',
    );
    expect(found).to.include({
      stage: 'message',
      recipient: 'user@example.org',
      remoteHost: 'mx.example.org',
    });
  });

  it('reads qmail', () => {
    const [found] = parseBounceText(
      'Hi. This is the qmail-send program at sender.example.\n\n<user@example.org>:\n192.0.2.1 does not like recipient.\nRemote host said: 450 4.7.1 Greylisted\nGiving up on 192.0.2.1.',
    );
    expect(found).to.include({
      software: 'qmail',
      stage: 'rcpt',
      recipient: 'user@example.org',
      remoteAddress: '192.0.2.1',
    });
    expect(found && said(found)).to.equal('450 4.7.1 Greylisted');
  });

  it('reads sendmail', () => {
    const [found] = parseBounceText(
      '   ----- Transcript of session follows -----\n... while talking to mx.example.org.:\n>>> RCPT To:<user@example.org>\n<<< 450 4.7.1 <user@example.org>: Greylisted\n<user@example.org>... Deferred: 450 4.7.1 <user@example.org>: Greylisted',
    );
    expect(found).to.include({
      software: 'sendmail',
      stage: 'rcpt',
      recipient: 'user@example.org',
      remoteHost: 'mx.example.org',
    });
    expect(found && said(found)).to.equal('450 4.7.1 <user@example.org>: Greylisted');
  });
});

describe('parseDeliveryStatus', () => {
  const MESSAGE = 'Reporting-MTA: dns; mail.sender.example\n\n';

  it('gives each recipient its own status, and leaves out who got the mail', () => {
    const found = parseDeliveryStatus(
      `${MESSAGE}Final-Recipient: rfc822; a@example.org\nAction: delayed\nStatus: 4.7.1\nRemote-MTA: dns; mx.example.org (192.0.2.1, the server)\nDiagnostic-Code: smtp; 450 4.7.1 Grey\n listed\n\nFinal-Recipient: rfc822; b@example.org\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; c@example.org\nAction: delivered\nStatus: 2.0.0\n`,
    );
    expect(found.map(({ recipient, fate }) => [recipient, fate])).to.deep.equal([
      ['a@example.org', 'deferred'],
      ['b@example.org', 'rejected'],
    ]);
    expect(found.map(said)).to.deep.equal(['450 4.7.1 Grey listed', '550 5.1.1 ']);
    expect(found.map(({ codeAssumed }) => codeAssumed)).to.deep.equal([false, true]);
    expect(found[0]).to.include({ remoteHost: 'mx.example.org', remoteAddress: '192.0.2.1' });
  });

  it('calls a temporary reply that failed given up', () => {
    const [found] = parseDeliveryStatus(
      `${MESSAGE}Final-Recipient: rfc822; a@example.org\nAction: failed\nStatus: 4.7.1\nDiagnostic-Code: smtp; 450 4.7.1 Greylisted\n`,
    );
    expect(found).to.include({ fate: 'gave-up' });
  });

  it('finds nothing without a recipient', () => {
    expect(parseDeliveryStatus(MESSAGE)).to.deep.equal([]);
    expect(parseDeliveryStatus('just words')).to.deep.equal([]);
  });
});
