import { expect } from 'chai';
import type { Finding } from '../../../../src/mail/finding.js';
import { refusalsIn } from './support/read-log.js';

interface Case {
  readonly name: string;
  readonly line: string;
  /** Null: the line tells of no refusal. Else what must be read, in the words of a Finding. */
  readonly expected: (Partial<Finding> & { readonly said?: string }) | null;
}

/** `450 4.7.1 text`, with lines joined by a bar. */
function said(found: Finding): string | null {
  if (found.reply === null) return null;
  const { code, enhanced, text } = found.reply;
  return `${code} ${enhanced ?? '-'} ${text.join(' | ')}`;
}

function check(cases: readonly Case[]): void {
  for (const { name, line, expected } of cases) {
    it(name, () => {
      const found = refusalsIn(line)[0] ?? null;
      if (expected === null || found === null) {
        expect(found).to.equal(expected);
        return;
      }
      const { said: words, ...fields } = expected;
      expect(found).to.include(fields);
      if (words !== undefined) expect(said(found)).to.equal(words);
    });
  }
}

const HEAD = 'Jan  5 10:00:00 mail postfix/smtp[123]: 4dlPxQ0Zz1z9rxj: to=<user@example.org>, ';
const TAIL = 'relay=mx.example.org[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=4.7.1, ';

describe('refusals in a log of Postfix', () => {
  check([
    {
      name: 'reads what collectors write, as RFC 5424 and with a priority before the time',
      line: '<22>1 2026-01-05T10:00:00.1+01:00 mail.sender.example postfix/smtp 123 - - 4dlPxQ0Zz: to=<user@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, dsn=4.7.1, status=deferred (host mx.example.org[192.0.2.1] said: 451 4.7.1 no (in reply to RCPT TO command))',
      expected: {
        said: '451 4.7.1 no',
        when: '2026-01-05T10:00:00.1+01:00',
        reportingHost: 'mail.sender.example',
        recipient: 'user@example.org',
      },
    },
    {
      name: 'reads a failed login at the next host',
      line: `${HEAD}${TAIL}status=deferred (SASL authentication failed; server mx.example.org[192.0.2.1] said: 454 4.7.0 Temporary authentication failure)`,
      expected: { said: '454 4.7.0 Temporary authentication failure', failure: null },
    },
    {
      name: 'reads a deferred delivery',
      line: `${HEAD}${TAIL}status=deferred (host mx.example.org[192.0.2.1] said: 450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted (in reply to RCPT TO command))`,
      expected: {
        said: '450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted',
        source: 'postfix-log',
        software: 'postfix',
        direction: 'outgoing',
        fate: 'deferred',
        stage: 'rcpt',
        recipient: 'user@example.org',
        remoteHost: 'mx.example.org',
        remoteAddress: '192.0.2.1',
        reportingHost: 'mail',
        when: 'Jan  5 10:00:00',
        codeAssumed: false,
      },
    },
    {
      name: 'reads times of RFC 3339, instance names and IPv6',
      line: '2026-01-05T10:00:00.123456+01:00 mail.sender.example postfix-out/relay/smtp[9]: ABCDE1: to=<user@example.org>, orig_to=<u>, relay=mx.example.org[2001:db8::1]:25, delay=1, delays=0/0/1/0, dsn=4.2.0, status=deferred (host mx.example.org[2001:db8::1] said: 450 4.2.0 try again (in reply to end of DATA command))',
      expected: {
        said: '450 4.2.0 try again',
        stage: 'message',
        remoteAddress: '2001:db8::1',
        reportingHost: 'mail.sender.example',
        when: '2026-01-05T10:00:00.123456+01:00',
      },
    },
    {
      name: 'takes the lines of a reply apart that Postfix joined',
      line: `${HEAD}${TAIL}status=deferred (host mx.example.org[192.0.2.1] said: 421-4.7.0 Try again later, 421-4.7.0 unusual rate 421 4.7.0 see https://mail.example (in reply to MAIL FROM command))`,
      expected: {
        said: '421 4.7.0 Try again later, | unusual rate | see https://mail.example',
        stage: 'mail',
      },
    },
    {
      name: 'knows a refusal at the greeting',
      line: `${HEAD}relay=none, delay=1, delays=0/0/1/0, dsn=4.3.2, status=deferred (host mx.example.org[192.0.2.1] refused to talk to me: 421 4.3.2 too busy)`,
      expected: { said: '421 4.3.2 too busy', stage: 'connect', remoteHost: 'mx.example.org' },
    },
    {
      name: 'looks behind a suspended delivery',
      line: `${HEAD}relay=none, delay=1, delays=0/0/1/0, dsn=4.7.1, status=deferred (delivery temporarily suspended: host mx.example.org[192.0.2.1] refused to talk to me: 450 4.7.1 no)`,
      expected: { said: '450 4.7.1 no', stage: 'connect' },
    },
    {
      name: 'tells that nobody answered',
      line: `${HEAD}relay=none, delay=30, delays=0/0/30/0, dsn=4.4.1, status=deferred (connect to mx.example.org[192.0.2.1]:25: Connection timed out)`,
      expected: {
        reply: null,
        failure: 'connect to mx.example.org[192.0.2.1]:25: Connection timed out',
        fate: 'deferred',
        remoteHost: null,
      },
    },
    {
      name: 'keeps the relay of a conversation that broke',
      line: `${HEAD}${TAIL}status=deferred (conversation with mx.example.org[192.0.2.1] timed out while sending RCPT TO)`,
      expected: { reply: null, remoteHost: 'mx.example.org', remoteAddress: '192.0.2.1' },
    },
    {
      name: 'reads a bounce as refused for good',
      line: `${HEAD}${TAIL}status=bounced (host mx.example.org[192.0.2.1] said: 550 5.1.1 no such user (in reply to RCPT TO command))`,
      expected: { said: '550 5.1.1 no such user', fate: 'rejected' },
    },
    {
      name: 'reads the refusal of a host before the next one is tried',
      line: 'Jan  5 10:00:00 mail postfix/smtp[123]: 4dlPxQ0Zz1z9rxj: host mx1.example.org[192.0.2.1] said: 450 4.7.1 <user@example.org>: Greylisted (in reply to RCPT TO command)',
      expected: { said: '450 4.7.1 <user@example.org>: Greylisted', recipient: 'user@example.org' },
    },
    {
      name: 'reads what smtpd refused, semicolons included',
      line: 'Jan  5 10:00:00 mail postfix/smtpd[77]: NOQUEUE: reject: RCPT from unknown[203.0.113.5]: 450 4.2.0 <user@example.org>: Recipient address rejected: Greylisted; see http://help.example; from=<a@sender.example> to=<user@example.org> proto=ESMTP helo=<x>',
      expected: {
        said: '450 4.2.0 <user@example.org>: Recipient address rejected: Greylisted; see http://help.example',
        direction: 'incoming',
        stage: 'rcpt',
        sender: 'a@sender.example',
        recipient: 'user@example.org',
        remoteHost: null,
        remoteAddress: '203.0.113.5',
      },
    },
    {
      name: 'reads what postscreen refused',
      line: 'Jan  5 10:00:00 mail postfix/postscreen[8]: NOQUEUE: reject: RCPT from [203.0.113.5]:48211: 450 4.3.2 Service currently unavailable; from=<a@sender.example>, to=<user@example.org>, proto=ESMTP, helo=<x>',
      expected: {
        said: '450 4.3.2 Service currently unavailable',
        direction: 'incoming',
        remoteAddress: '203.0.113.5',
        recipient: 'user@example.org',
      },
    },
    {
      name: 'assumes 451 where a milter gave no basic code',
      line: 'Jan  5 10:00:00 mail postfix/cleanup[8]: 4dlPxQ0Zz1z9rxj: milter-reject: END-OF-MESSAGE from mx.sender.example[203.0.113.5]: 4.7.1 Try again later; from=<a@sender.example> to=<user@example.org> proto=ESMTP helo=<x>',
      expected: { said: '451 4.7.1 Try again later', codeAssumed: true, stage: 'message' },
    },
    {
      name: 'reads a line whose beginning was not copied',
      line: `to=<user@example.org>, ${TAIL}status=deferred (host mx.example.org[192.0.2.1] said: 450 4.7.1 Greylisted (in reply to RCPT TO command))`,
      expected: { said: '450 4.7.1 Greylisted', reportingHost: null, when: null },
    },
    {
      name: 'does not take a delivery for a refusal',
      line: `${HEAD}${TAIL}status=sent (250 2.0.0 Ok: queued as 450)`,
      expected: null,
    },
    {
      name: 'does not take the words of another program for a refusal',
      line: 'Jan  5 10:00:00 mail dovecot: lda(user): host mx.example.org[192.0.2.1] said: 450 4.7.1 x',
      expected: null,
    },
  ]);
});

describe('refusals in a log of Exim', () => {
  check([
    {
      name: 'reads the end of the time in the queue',
      line: '2026-01-05 10:00:00 1tFxyz-000abc-1A ** user@example.org: retry timeout exceeded',
      expected: {
        failure: 'retry timeout exceeded',
        fate: 'gave-up',
        recipient: 'user@example.org',
      },
    },
    {
      name: 'reads a client without a reverse name',
      line: '2026-01-05 10:00:00 H=(x) [192.0.2.9] F=<a@s.example> temporarily rejected RCPT <u@example.org>: greylisted',
      expected: { direction: 'incoming', remoteHost: null, remoteAddress: '192.0.2.9' },
    },
    {
      name: 'takes the original address where a pipe failed',
      line: '2026-01-05 10:00:00 1tFxyz-000abc-1A == |/usr/bin/x@y <joe@example.org> R=l T=p defer (0): Child process returned 75',
      expected: { recipient: 'joe@example.org' },
    },
    {
      name: 'reads a deferral of Exim 4.9x',
      line: '2026-01-05 10:00:00 1tUabc-0001Ab-2C == user@example.org R=dnslookup T=remote_smtp defer (-44) H=mx.example.org [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<user@example.org>: 450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted',
      expected: {
        said: '450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted',
        source: 'exim-log',
        software: 'exim',
        fate: 'deferred',
        stage: 'rcpt',
        recipient: 'user@example.org',
        remoteHost: 'mx.example.org',
        remoteAddress: '192.0.2.1',
        when: '2026-01-05 10:00:00',
      },
    },
    {
      name: 'reads the older shape with the host after the command',
      line: '2012-01-05 10:00:00 1RiVPp-0001Ab-2C == user@example.org R=dnslookup T=remote_smtp defer (-44): SMTP error from remote mail server after RCPT TO:<user@example.org>: host mx.example.org [192.0.2.1]: 451 Greylisted, please try again in 300 seconds',
      expected: {
        said: '451 - Greylisted, please try again in 300 seconds',
        remoteHost: 'mx.example.org',
        remoteAddress: '192.0.2.1',
      },
    },
    {
      name: 'takes lines apart that Exim wrote as \\n, and knows pipelined commands',
      line: '2026-01-05 10:00:00 1tUabc-0000000Ab-2Cde == user@example.org <alias@here.example> F=<a@sender.example> R=dnslookup T=remote_smtp defer (-45) H=mx.example.org [192.0.2.1]:25: SMTP error from remote mail server after pipelined MAIL FROM:<a@sender.example> SIZE=1234: 421-4.7.0 one\\n421 4.7.0 two',
      expected: {
        said: '421 4.7.0 one | two',
        stage: 'mail',
        recipient: 'user@example.org',
        sender: 'a@sender.example',
      },
    },
    {
      name: 'reads a refusal for good',
      line: '2026-01-05 10:00:00 1tUabc-0001Ab-2C ** user@example.org R=dnslookup T=remote_smtp H=mx.example.org [192.0.2.1]: SMTP error from remote mail server after end of data: 550 5.7.1 spam',
      expected: { said: '550 5.7.1 spam', fate: 'rejected', stage: 'message' },
    },
    {
      name: 'reads what it refused itself; the log has no code, so 451 is assumed',
      line: '2026-01-05 10:00:00 H=mail.sender.example (helo.sender.example) [203.0.113.5] F=<a@sender.example> temporarily rejected RCPT <user@example.org>: greylisted, try again later',
      expected: {
        said: '451 - greylisted, try again later',
        codeAssumed: true,
        direction: 'incoming',
        stage: 'rcpt',
        recipient: 'user@example.org',
        sender: 'a@sender.example',
        remoteHost: 'mail.sender.example',
        remoteAddress: '203.0.113.5',
      },
    },
    {
      name: 'tells that nobody answered',
      line: '2026-01-05 10:00:00 1tUabc-0001Ab-2C == user@example.org R=dnslookup T=remote_smtp defer (110) H=mx.example.org [192.0.2.1]: Connection timed out',
      expected: { reply: null, failure: 'Connection timed out', remoteAddress: '192.0.2.1' },
    },
    {
      name: 'does not count a wait for an earlier failure as a refusal',
      line: '2026-01-05 10:00:00 1tUabc-0001Ab-2C == user@example.org R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host',
      expected: null,
    },
    {
      name: 'does not take a delivery for a refusal',
      line: '2026-01-05 10:00:00 1tUabc-0001Ab-2C => user@example.org R=dnslookup T=remote_smtp H=mx.example.org [192.0.2.1] C="250 OK"',
      expected: null,
    },
  ]);
});

describe('refusals in a log of Sendmail', () => {
  check([
    {
      name: 'reads a deferral',
      line: 'Jan  5 10:00:00 mail sendmail[99]: s05AB1: to=<user@example.org>, ctladdr=<alice@sender.example> (1000/1000), delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=120320, relay=mx.example.org. [192.0.2.1], dsn=4.7.1, stat=Deferred: 450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted',
      expected: {
        said: '450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted',
        source: 'sendmail-log',
        software: 'sendmail',
        fate: 'deferred',
        stage: 'rcpt',
        recipient: 'user@example.org',
        remoteHost: 'mx.example.org',
        remoteAddress: '192.0.2.1',
        reportingHost: 'mail',
      },
    },
    {
      name: 'reads the reply field of 8.16',
      line: 'Jan  5 10:00:00 mail sm-mta[99]: s05AB1: to=<user@example.org>, delay=00:00:02, mailer=esmtp, relay=mx.example.org. [192.0.2.1], dsn=4.2.0, reply=450 4.2.0 Greylisted, come back, stat=Deferred: Greylisted, come back',
      expected: { said: '450 4.2.0 Greylisted, come back' },
    },
    {
      name: 'tells that nobody answered',
      line: 'Jan  5 10:00:00 mail sendmail[99]: s05AB1: to=<user@example.org>, delay=00:00:02, mailer=esmtp, relay=mx.example.org. [192.0.2.1], dsn=4.0.0, stat=Deferred: Connection timed out with mx.example.org.',
      expected: { reply: null, failure: 'Connection timed out with mx.example.org.' },
    },
    {
      name: 'reads what a milter refused here',
      line: 'Jan  5 10:00:00 mail sm-mta[99]: s05AB1: Milter: to=<user@example.org>, reject=451 4.7.1 Greylisting in action, please come back in 00:30:00',
      expected: {
        said: '451 4.7.1 Greylisting in action, please come back in 00:30:00',
        direction: 'incoming',
        stage: 'rcpt',
        recipient: 'user@example.org',
      },
    },
    {
      name: 'reads what a ruleset refused here',
      line: 'Jan  5 10:00:00 mail sm-mta[99]: s05AB1: ruleset=check_rcpt, arg1=<user@example.org>, relay=out.sender.example [203.0.113.5], reject=450 4.4.0 try later',
      expected: {
        said: '450 4.4.0 try later',
        stage: 'rcpt',
        recipient: 'user@example.org',
        remoteHost: 'out.sender.example',
      },
    },
    {
      name: 'does not take a delivery for a refusal',
      line: 'Jan  5 10:00:00 mail sendmail[99]: s05AB1: to=<user@example.org>, delay=00:00:02, mailer=esmtp, relay=mx.example.org. [192.0.2.1], dsn=2.0.0, stat=Sent (Ok: queued as 450AB)',
      expected: null,
    },
  ]);
});
