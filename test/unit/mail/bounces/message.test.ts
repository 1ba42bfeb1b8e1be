import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseMessage } from '../../../../src/mail/bounces/message.js';
import type { Finding } from '../../../../src/mail/finding.js';

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../../fixtures/explain/${name}`, import.meta.url));
}

function told(found: readonly Finding[]) {
  return found.map(({ recipient, fate, reply }) => [recipient, fate, reply?.code, reply?.enhanced]);
}

function mail(headers: readonly string[], body: string): Buffer {
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body.replaceAll('\n', '\r\n')}`, 'latin1');
}

describe('parseMessage', () => {
  it('reads a report of Postfix: each recipient once, with what the human part adds', async () => {
    const found = await parseMessage(fixture('postfix-failed.eml'));
    expect(told(found)).to.deep.equal([
      ['user@example.org', 'gave-up', 450, '4.7.1'],
      ['gone@example.net', 'rejected', 550, '5.1.1'],
    ]);
    expect(found[0]).to.include({
      source: 'dsn',
      software: 'postfix',
      stage: 'rcpt',
      sender: 'alice@sender.example',
      reportingHost: 'mail.sender.example',
      remoteHost: 'mx.example.org',
      remoteAddress: '192.0.2.1',
    });
  });

  it('reads a report of Exchange 2003, whose reply stands in a field of its own', async () => {
    const found = await parseMessage(fixture('exchange-2003.eml'));
    expect(told(found)).to.deep.equal([['user@example.org', 'gave-up', 450, '4.7.1']]);
    expect(found[0]).to.include({ software: 'exchange-2003', codeAssumed: false });
    expect(found[0]?.reply?.text).to.deep.equal([
      '<user@example.org>: Recipient address rejected: Greylisted',
    ]);
  });

  it('reads words in Latin-1 and quoted-printable', async () => {
    const found = await parseMessage(fixture('latin1.eml'));
    expect(told(found)).to.deep.equal([['user@example.org', 'gave-up', 451, '4.7.1']]);
    expect(found[0]?.reply?.text[0]).to.equal('Bitte später erneut versuchen: Greylisted');
  });

  it('reads a report inside another mail, in base64 and Shift_JIS', async () => {
    const found = await parseMessage(fixture('nested.eml'));
    expect(told(found)).to.deep.equal([['user@example.org', 'deferred', 450, '4.2.0']]);
    expect(found[0]).to.include({ remoteHost: 'mx.example.org', remoteAddress: '192.0.2.1' });
  });

  it('takes the reply from the human part where the status has only a status code', async () => {
    const found = await parseMessage(
      mail(
        [
          'From: postmaster@s.example',
          'MIME-Version: 1.0',
          'Content-Type: multipart/report; boundary=b',
        ],
        '--b\nContent-Type: text/plain\n\n<u@example.org>: host mx.example.org[192.0.2.1] said: 451 4.7.1 Greylisted (in reply to DATA command)\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; s.example\n\nFinal-Recipient: rfc822; u@example.org\nAction: failed\nStatus: 5.0.0\n--b--\n',
      ),
    );
    expect(told(found)).to.deep.equal([['u@example.org', 'gave-up', 451, '4.7.1']]);
    expect(found[0]).to.include({ stage: 'data', codeAssumed: false });
  });

  it('reads HTML where there is no plain text', async () => {
    const found = await parseMessage(
      mail(
        ['From: postmaster@s.example', 'Content-Type: text/html; charset=us-ascii'],
        '<p>user@example.org<br>Remote Server returned &#39;450 4.7.1 &lt;user@example.org&gt;: Greylisted&#39;</p>',
      ),
    );
    expect(told(found)).to.deep.equal([['user@example.org', 'gave-up', 450, '4.7.1']]);
  });

  it('does not mind a character set that nobody knows', async () => {
    const found = await parseMessage(
      mail(
        ['From: postmaster@s.example', 'Content-Type: text/plain; charset=x-klingon-7'],
        '450 4.7.1 <user@example.org>: Greylisted',
      ),
    );
    expect(told(found)).to.deep.equal([['user@example.org', 'unknown', 450, '4.7.1']]);
  });

  it('finds nothing in mail that reports nothing, and in broken MIME', async () => {
    const headers = [
      'From: a@s.example',
      'Subject: hi',
      'Content-Type: multipart/mixed; boundary=b',
    ];
    expect(
      await parseMessage(mail(headers, '--b\nContent-Type: text/plain\n\nhello')),
    ).to.deep.equal([]);
    expect(await parseMessage(mail(headers, '--c\n--b\n--b--\n--b'))).to.deep.equal([]);
    expect(await parseMessage(Buffer.alloc(0))).to.deep.equal([]);
  });

  it('gives up on mails inside mails without end', async () => {
    let body = 'Content-Type: text/plain\n\n450 4.7.1 <user@example.org>: Greylisted\n';
    for (let depth = 0; depth < 40; depth += 1) {
      body = `Content-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\nContent-Type: message/rfc822\n\n${body}\n--b${depth}--\n`;
    }
    expect(
      await parseMessage(Buffer.from(`From: a@s.example\nMIME-Version: 1.0\n${body}`)),
    ).to.deep.equal([]);
  });

  it('opens a report that is attached as a mere file', async () => {
    const inside = fixture('postfix-failed.eml').toString('base64').replace(/.{76}/g, '$&\n');
    const found = await parseMessage(
      mail(
        [
          'From: a@sender.example',
          'MIME-Version: 1.0',
          'Content-Type: multipart/mixed; boundary="b"',
        ],
        `--b\nContent-Type: text/plain\n\nsee there\n--b\nContent-Type: application/octet-stream; name="bounce.eml"\nContent-Disposition: attachment; filename="bounce.eml"\nContent-Transfer-Encoding: base64\n\n${inside}\n--b--\n`,
      ),
    );
    expect(found.map(({ recipient }) => recipient)).to.deep.equal([
      'user@example.org',
      'gone@example.net',
    ]);
  });

  it('reads a report that somebody quoted in an answer', async () => {
    const found = await parseMessage(
      mail(
        ['From: a@sender.example', 'Subject: Fwd'],
        'What is this?\n\n> <u@example.org>: host mx.example.org[192.0.2.1] said: 450 4.7.1\n>     <u@example.org>: Greylisted (in reply to RCPT TO command)\n>\n> <b@example.net>: host mx.example.net[192.0.2.2] said: 452 4.2.2 full (in reply to\n>     end of DATA command)\n',
      ),
    );
    expect(told(found)).to.deep.equal([
      ['u@example.org', 'unknown', 450, '4.7.1'],
      ['b@example.net', 'unknown', 452, '4.2.2'],
    ]);
  });

  it('does not take Gmail for sendmail, which has its name', async () => {
    const body =
      '--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; googlemail.com\n\nFinal-Recipient: rfc822; u@example.org\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; 451 4.7.1 no\n--b--\n';
    const report = (from: string) =>
      parseMessage(
        mail(
          [
            `From: Mail Delivery Subsystem <${from}>`,
            'MIME-Version: 1.0',
            'Content-Type: multipart/report; boundary="b"',
          ],
          body,
        ),
      );
    expect((await report('mailer-daemon@googlemail.com'))[0]).to.include({ software: null });
    expect((await report('MAILER-DAEMON@mail.sender.example'))[0]).to.include({
      software: 'sendmail',
    });
  });
});
