import { expect } from 'chai';
import type { LogEvent } from '../../../../src/mail/logs/events.js';
import { eventsOf } from './support/read-log.js';

/** What is asked of an event in these tests, written short. */
function short(log: string | readonly string[]): string[] {
  return eventsOf(log).map(inShort);
}

function inShort(event: LogEvent): string {
  switch (event.kind) {
    case 'active':
      return `${event.message} active <${event.sender}>`;
    case 'gone':
      return `${event.message} gone: ${event.why}`;
    case 'passed-over':
      return `${event.message} passed over ${event.host}: ${event.outcome.reply.code}`;
    case 'attempt':
      return `${event.message} ${event.recipient} at ${event.host} [${event.address}] ${event.outcome.kind} after ${event.sinceArrivalSeconds} s, took ${event.durationSeconds} s`;
    case 'decision':
      return `${event.decided} ${event.clientAddress} ${event.sender} ${event.recipient}`;
  }
}

describe('events of Postfix', () => {
  const line = (words: string) => `Nov 29 17:50:52 mail postfix/${words}`;

  it('tells the life of a message: arrival, refusals of two hosts, delivery, end', () => {
    expect(
      short([
        line('qmgr[9]: 4ABC1: from=<a@sender.example>, size=265, nrcpt=1 (queue active)'),
        line(
          'smtp[7]: 4ABC1: host mx1.example.org[192.0.2.1] said: 450 4.2.0 <u@example.org>: Greylisted (in reply to RCPT TO command)',
        ),
        line(
          'smtp[7]: 4ABC1: to=<u@example.org>, relay=mx2.example.org[192.0.2.2]:25, delay=0.46, delays=0.2/0.1/0/0.15, dsn=4.2.0, status=deferred (host mx2.example.org[192.0.2.2] said: 450 4.2.0 Greylisted (in reply to RCPT TO command))',
        ),
        line(
          'smtp[8]: 4ABC1: to=<u@example.org>, orig_to=<x@sender.example>, relay=mx1.example.org[192.0.2.1]:25, conn_use=2, delay=301, delays=300/0.02/0.1/0.4, tls=dane, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4XYZ)',
        ),
        line('qmgr[9]: 4ABC1: removed'),
      ]),
    ).to.deep.equal([
      '4ABC1 active <a@sender.example>',
      '4ABC1 passed over mx1.example.org: 450',
      '4ABC1 u@example.org at mx2.example.org [192.0.2.2] refused after 0.46 s, took 0.15 s',
      '4ABC1 u@example.org at mx1.example.org [192.0.2.1] accepted after 301 s, took 0.4 s',
      '4ABC1 gone: removed',
    ]);
  });

  it('takes a suspended delivery for no contact, and knows an expired message', () => {
    expect(
      short([
        line(
          'error[9]: 4ABC1: to=<u@example.org>, relay=none, delay=302, delays=302/0/0/0, dsn=4.4.1, status=deferred (delivery temporarily suspended: connect to mx.example.org[192.0.2.4]:25: Connection timed out)',
        ),
        line('qmgr[9]: 4ABC1: from=<>, status=expired, returned to sender'),
      ]),
    ).to.deep.equal([
      '4ABC1 u@example.org at null [null] suspended after 302 s, took 0 s',
      '4ABC1 gone: expired',
    ]);
  });

  it('names the instance and the host that wrote the line', () => {
    const [event] = eventsOf(
      'Dec  7 14:00:01 mail postfix-out2/smtp[77]: B17F830001CA: to=<u@dom.example>, relay=mx.dom.example[192.0.2.9]:25, delay=0.9, delays=0.1/0/0.4/0.4, tls=dane, dsn=4.7.1, status=deferred (host mx.dom.example[192.0.2.9] said: 450 4.7.1 Greylisted (in reply to RCPT TO command))',
    );
    expect(event).to.include({
      instance: 'postfix-out2',
      logHost: 'mail',
      message: 'B17F830001CA',
    });
  });

  it('believes no field that the other side wrote', () => {
    const [event] = eventsOf(
      line(
        'smtp[7]: 4ABC1: to=<u@example.org>, relay=mx.example.org[192.0.2.2]:25, delay=1, delays=0/0/0/1, dsn=4.2.0, status=deferred (host mx.example.org[192.0.2.2] said: 450 4.2.0 to=<x@evil.example>, delay=9, status=sent (250 Ok) (in reply to RCPT TO command))',
      ),
    );
    expect(event).to.include({ recipient: 'u@example.org', sinceArrivalSeconds: 1 });
    expect(event).to.have.nested.property('outcome.kind', 'refused');
  });
});

describe('events of Exim', () => {
  it('tells the life of a message', () => {
    const log = [
      '2026-11-29 17:50:52 1xXj38-000000003aB-0001 <= a@sender.example H=c.sender.example [192.0.2.7] P=esmtpsa S=2259',
      '2026-11-29 17:50:53 1xXj38-000000003aB-0001 H=mx1.dom.example [192.0.2.9]: SMTP error from remote mail server after RCPT TO:<u@dom.example>: 451 4.7.1 Greylisting in action',
      '2026-11-29 17:50:54 1xXj38-000000003aB-0001 == u@dom.example R=dnslookup T=remote_smtp defer (-44) H=mx2.dom.example [192.0.2.10]: SMTP error from remote mail server after RCPT TO:<u@dom.example>: 451 4.7.1 Greylisting in action',
      "2026-11-29 17:55:53 1xXj38-000000003aB-0001 == u@dom.example R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host for 'dom.example'",
      '2026-11-29 18:05:54.123 +0000 [4711] 1xXj38-000000003aB-0001 => u@dom.example R=dnslookup T=remote_smtp H=mx1.dom.example [192.0.2.9]:25 I=[192.0.2.25]:41234 C="250 2.0.0 Ok" QT=15m2.1s DT=0.7s',
      '2026-11-29 18:05:54 1xXj38-000000003aB-0001 Completed QT=15m2s',
    ];
    expect(short(log)).to.deep.equal([
      '1xXj38-000000003aB-0001 active <a@sender.example>',
      '1xXj38-000000003aB-0001 passed over mx1.dom.example: 451',
      '1xXj38-000000003aB-0001 u@dom.example at mx2.dom.example [192.0.2.10] refused after null s, took null s',
      '1xXj38-000000003aB-0001 u@dom.example at null [null] suspended after null s, took null s',
      '1xXj38-000000003aB-0001 u@dom.example at mx1.dom.example [192.0.2.9] accepted after 902.1 s, took 0.7 s',
      '1xXj38-000000003aB-0001 gone: removed',
    ]);
    expect(eventsOf(log)[4]).to.include({
      localAddress: '192.0.2.25',
      arrivedAt: Date.UTC(2026, 10, 29, 17, 50, 54) / 1000,
    });
  });
});

describe('events of sendmail', () => {
  it('gives each recipient of a line an attempt of its own', () => {
    const head = 'Nov 29 17:50:53 mail sm-mta[31574]: 5ATHoqaB031570: ';
    expect(
      short([
        `${head}from=<a@sender.example>, size=2259, class=0, nrcpts=2, relay=c.sender.example [192.0.2.7]`,
        `${head}to=<v@dom.example>,<w@dom.example>, delay=1+02:03:04, xdelay=00:00:30, mailer=esmtp, pri=1, relay=mx.dom.example. [192.0.2.9], dsn=4.0.0, stat=Deferred: 451 4.7.1 Greylisted`,
        `${head}to=<v@dom.example>, delay=1+02:33:04, xdelay=00:00:01, mailer=esmtp, pri=1, relay=mx.dom.example. [192.0.2.9], dsn=2.0.0, reply=250 Ok, stat=Sent (Ok: queued as 4ABC)`,
      ]),
    ).to.deep.equal([
      '5ATHoqaB031570 active <a@sender.example>',
      '5ATHoqaB031570 v@dom.example at mx.dom.example [192.0.2.9] refused after 93784 s, took 30 s',
      '5ATHoqaB031570 w@dom.example at mx.dom.example [192.0.2.9] refused after 93784 s, took 30 s',
      '5ATHoqaB031570 v@dom.example at mx.dom.example [192.0.2.9] accepted after 95584 s, took 1 s',
    ]);
  });
});
