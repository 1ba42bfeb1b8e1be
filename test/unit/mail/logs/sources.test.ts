import { expect } from 'chai';
import type { LogEvent } from '../../../../src/mail/logs/events.js';
import { LOG_SOURCES } from '../../../../src/mail/logs/sources/index.js';
import { eventsOf } from './support/read-log.js';

/** An event in one line. */
function short(event: LogEvent): string {
  switch (event.kind) {
    case 'active': {
      const client = event.clientAddress == null ? '' : ` [${event.clientAddress}]`;
      return `${event.source} active ${event.message} <${event.sender}>${client}`;
    }
    case 'gone':
      return `${event.source} gone ${event.message} ${event.why}`;
    case 'decision': {
      const age = event.ageSeconds ?? event.missingSeconds;
      const sender = event.senderDomain ?? event.sender;
      return `${event.source} ${event.decided}${event.early ? ' early' : ''} [${event.clientAddress}] ${sender} ${event.recipient} ${age} s`;
    }
    default: {
      const { outcome } = event;
      const how =
        outcome.kind === 'refused'
          ? `${outcome.reply.code} ${outcome.reply.enhanced} at ${outcome.stage}${outcome.final ? ', final' : ''}`
          : outcome.kind;
      return `${event.source} ${event.message} ${event.recipient} ${event.host} [${event.address}] ${how}`;
    }
  }
}

const CASES: readonly (readonly [name: string, log: string, expected: readonly string[]])[] = [
  [
    'qmail-send, times of TAI64N',
    [
      '@400000006a1b2c3d12345678 info msg 933: bytes 2259 from <a@sender.example> qp 4711 uid 89',
      '@400000006a1b2c3d12345678 starting delivery 77: msg 933 to remote u@example.org',
      '@400000006a1b2c3e12345678 delivery 77: deferral: 192.0.2.9_does_not_like_recipient./Remote_host_said:_451_4.7.1_Greylisted/Giving_up_on_192.0.2.9./',
      '@400000006a1b2dce12345678 starting delivery 91: msg 933 to remote u@example.org',
      '@400000006a1b2dcf12345678 delivery 91: success: 192.0.2.9_accepted_message./Remote_host_said:_250_2.0.0_Ok/',
      '@400000006a1b2dcf12345678 end msg 933',
    ].join('\n'),
    [
      'qmail-log active 933 <a@sender.example>',
      'qmail-log 933 u@example.org null [192.0.2.9] 451 4.7.1 at rcpt',
      'qmail-log 933 u@example.org null [192.0.2.9] accepted',
      'qmail-log gone 933 removed',
    ],
  ],
  [
    'Exim that takes mail, and delivers it here',
    [
      '2026-11-30 21:26:47 1xY8tb-000399-1J <= a@sender.example H=(mx.sender.example) [192.0.2.25] P=esmtp S=570 id=[7]@sender.example',
      '2026-11-30 21:26:47 1xY8tb-000399-1J => :blackhole: <u@example.org> R=drop',
      '2026-11-30 21:26:47 1xY8tb-000399-1J => v <V@example.org> R=local_user T=maildir_home',
      '2026-11-30 21:26:47 1xY8tb-00039a-1J <= <> R=1xY8tb-000399-1J U=Debian-exim P=local S=1',
    ].join('\n'),
    [
      'exim-log active 1xY8tb-000399-1J <a@sender.example> [192.0.2.25]',
      'exim-log 1xY8tb-000399-1J u@example.org null [null] accepted',
      'exim-log 1xY8tb-000399-1J null null [null] accepted',
      'exim-log active 1xY8tb-00039a-1J <>',
    ],
  ],
  [
    'OpenSMTPD',
    'Nov 29 17:50:53 mail smtpd[812]: 8a6f mta delivery evpid=b1946ac92492d234 from=<a@sender.example> to=<u@example.org> rcpt=<-> source="192.0.2.25" relay="192.0.2.9 (mx.example.org)" delay=6m41s result="Ok" stat="250 2.0.0 Ok"',
    ['opensmtpd-log b1946ac92492d234 u@example.org mx.example.org [192.0.2.9] accepted'],
  ],
  [
    'Haraka, the host from the line of the try',
    [
      '2026-01-05T10:00:00.480Z [INFO] [B84.1.1] [outbound] Attempting to deliver to: 192.0.2.1:25 (0) (1)',
      '2026-01-05T10:00:01.101Z [NOTICE] [B84.1.1] [outbound] recipient <u@example.org> deferred: 450 4.7.1 Greylisted',
      '2026-01-05T10:02:01.101Z [NOTICE] [B84.1.1] [outbound] delivered file=1 domain=example.org host=mx.example.org ip=192.0.2.1 port=25 delay=121.3',
    ].join('\n'),
    [
      'haraka-log B84.1.1 u@example.org null [192.0.2.1] 450 4.7.1 at null',
      'haraka-log B84.1.1 u@example.org mx.example.org [192.0.2.1] accepted',
    ],
  ],
  [
    'ZoneMTA',
    'info Sender/default/4711 id=s1 19f0a1b2c3d4.001 DEFERRED[greylist] from=a@sender.example to=u@example.org src=192.0.2.25 mx=mx.example.org[192.0.2.9] message-id=<x@s> (451 4.7.1 Greylisted)',
    ['zonemta-log 19f0a1b2c3d4.001 u@example.org mx.example.org [192.0.2.9] 451 4.7.1 at null'],
  ],
  [
    'KumoMTA',
    '{"type":"TransientFailure","id":"1d98","sender":"a@sender.example","recipient":"u@example.org","queue":"example.org","response":{"code":451,"enhanced_code":{"class":4,"subject":7,"detail":1},"content":"Greylisted","command":"RCPT TO:<u@example.org>"},"peer_address":{"name":"mx.example.org.","addr":"192.0.2.9"},"timestamp":1795974653}',
    ['kumomta-log 1d98 u@example.org mx.example.org [192.0.2.9] 451 4.7.1 at rcpt'],
  ],
  [
    'Stalwart',
    '2026-01-05T10:00:00Z INFO SMTP RCPT TO rejected (delivery.rcpt-to-rejected) queueId = 313, from = "a@sender.example", to = ["u@example.org"], hostname = "mx.example.org", to = "u@example.org", code = 451, details = "4.7.1 Greylisted", elapsed = 129ms',
    ['stalwart-log 313 u@example.org mx.example.org [null] 451 4.7.1 at rcpt'],
  ],
  [
    'hMailServer',
    [
      '"SMTPC"\t2704\t1023\t"2026-01-05 10:00:00.301"\t"192.0.2.1"\t"SENT: RCPT TO:<u@example.org>"',
      '"SMTPC"\t2704\t1023\t"2026-01-05 10:00:00.411"\t"192.0.2.1"\t"RECEIVED: 450-4.7.1 one[nl]450 4.7.1 two"',
    ].join('\n'),
    ['hmailserver-log null u@example.org null [192.0.2.1] 450 4.7.1 at rcpt'],
  ],
  [
    'SmarterMail',
    [
      '[2026.01.05] 10:00:00.501 [12345] Initiating connection to 192.0.2.1',
      '[2026.01.05] 10:00:00.801 [12345] CMD: RCPT TO:<u@example.org>',
      '[2026.01.05] 10:00:00.901 [12345] RSP: 451 4.7.1 Greylisted',
    ].join('\n'),
    ['smartermail-log null u@example.org null [192.0.2.1] 451 4.7.1 at rcpt'],
  ],
  [
    'MDaemon, of sending and of receiving',
    [
      'Mon 2026-01-05 10:00:00.123: [1:2] Attempting SMTP connection to [192.0.2.1:25]',
      'Mon 2026-01-05 10:00:01.123: [1:2] --> RCPT To:<u@example.org>',
      'Mon 2026-01-05 10:00:01.123: [1:2] <-- 451 4.7.1 Greylisted',
      'Mon 2026-01-05 10:00:02.123: [3:4] Accepting SMTP connection from [203.0.113.2:4711]',
      'Mon 2026-01-05 10:00:02.123: [3:4] <-- RCPT TO:<u@example.org>',
      'Mon 2026-01-05 10:00:02.123: [3:4] --> 451 4.7.1 Greylisted',
    ].join('\n'),
    [
      'mdaemon-log null u@example.org null [192.0.2.1] 451 4.7.1 at rcpt',
      'mdaemon-log refused [203.0.113.2] null u@example.org null s',
    ],
  ],
  [
    'Mailman 3',
    'Jan 05 10:12:38 2026 (2430) <abc@lists.example> delivery to u@example.org failed with code 450, 4.7.1 Greylisted',
    ['mailman-log abc@lists.example u@example.org null [null] 450 4.7.1 at null'],
  ],
  [
    'PowerMTA',
    [
      'type,timeLogged,timeQueued,orig,rcpt,dsnAction,dsnStatus,dsnDiag,dsnMta',
      't,2026-01-05 10:00:03+0100,x,a@sender.example,u@example.org,delayed,4.7.1 (x),"smtp;451 4.7.1 Greylisted, wait",mx.example.org (192.0.2.1)',
      'd,2026-01-05 10:09:03+0100,x,a@sender.example,u@example.org,relayed,2.0.0 (x),smtp;250 Ok,mx.example.org (192.0.2.1)',
    ].join('\n'),
    [
      'powermta-log null u@example.org mx.example.org [192.0.2.1] 451 4.7.1 at null',
      'powermta-log null u@example.org mx.example.org [192.0.2.1] accepted',
    ],
  ],
  [
    'the SMTP log of Exchange 2003',
    [
      '#Fields: date time c-ip cs-username s-sitename s-computername s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status',
      '2007-08-30 08:12:40 192.0.2.1 OutboundConnectionCommand SMTPSVC1 MAIL01 - 25 MAIL - FROM:<a@sender.example> 0',
      '2007-08-30 08:12:41 192.0.2.1 OutboundConnectionCommand SMTPSVC1 MAIL01 - 25 RCPT - TO:<u@example.org> 0',
      '2007-08-30 08:12:41 192.0.2.1 OutboundConnectionResponse SMTPSVC1 MAIL01 - 25 - - 450+4.7.1+Greylisted 0',
    ].join('\n'),
    ['iis-smtp-log null u@example.org null [192.0.2.1] 450 4.7.1 at rcpt'],
  ],
  [
    'message tracking as a list of PowerShell',
    [
      'Timestamp       : 1/5/2026 10:01:00 AM',
      'EventId         : DEFER',
      'MessageId       : <1@sender.example>',
      'Recipients      : {u@example.org}',
      'RecipientStatus : {[{LED=451 4.7.1 Greylisted};{FQDN=mx.example.org};{IP=192.0.2.1}]}',
    ].join('\n'),
    ['exchange-log <1@sender.example> u@example.org mx.example.org [192.0.2.1] 451 4.7.1 at null'],
  ],
  [
    'mailq of Postfix',
    [
      '4dlPx00001     2831 Mon Jan  5 10:00:00  alice@sender.example',
      '(host mx.example.org[192.0.2.1] said: 450 4.2.0 Greylisted (in reply to RCPT TO command))',
      '                                         one@example.org',
      '                                         two@example.org',
    ].join('\n'),
    [
      'postfix-queue 4dlPx00001 one@example.org mx.example.org [192.0.2.1] 450 4.2.0 at rcpt',
      'postfix-queue 4dlPx00001 two@example.org mx.example.org [192.0.2.1] 450 4.2.0 at rcpt',
    ],
  ],
  [
    'Postgrey',
    [
      'Jan  5 10:00:00 mail postgrey[9]: action=greylist, reason=new, client_name=c.sender.example, client_address=203.0.113.2/32, sender=a@sender.example, recipient=u@example.org',
      'Jan  5 10:02:07 mail postgrey[9]: action=greylist, reason=early-retry (173s missing), client_name=c.sender.example, client_address=203.0.113.2, sender=a@sender.example, recipient=u@example.org',
      'Jan  5 10:15:04 mail postgrey[9]: action=pass, reason=triplet found, delay=904, client_name=c.sender.example, client_address=203.0.113.2, sender=a@sender.example, recipient=u@example.org',
      'Jan  5 10:16:04 mail postgrey[9]: action=pass, reason=client AWL, client_name=c.sender.example, client_address=203.0.113.2, sender=a@sender.example, recipient=u@example.org',
    ].join('\n'),
    [
      'postgrey-log refused [203.0.113.2] a@sender.example u@example.org null s',
      'postgrey-log refused early [203.0.113.2] a@sender.example u@example.org 173 s',
      'postgrey-log passed [203.0.113.2] a@sender.example u@example.org 904 s',
      'postgrey-log exempt [203.0.113.2] a@sender.example u@example.org null s',
    ],
  ],
  [
    'SQLgrey',
    [
      'Nov 29 17:50:53 sqlgrey: grey: new: 192.0.2.25(192.0.2.25), a@sender.example -> u@example.org',
      'Nov 29 17:50:59 sqlgrey: grey: early reconnect: 192.0.2.25(192.0.2.25), a@sender.example -> u@example.org',
      'Nov 29 17:51:54 sqlgrey: grey: reconnect ok: 192.0.2.25(192.0.2.25), a@sender.example -> u@example.org (61)',
      'Nov 29 17:52:54 sqlgrey: grey: from awl match: updating 192.0.2(192.0.2.25), a@sender.example(a@sender.example)',
      'Nov 29 17:52:55 sqlgrey: grey: domain awl match: updating 192.0.2.25(192.0.2.25), sender.example',
      'Nov 29 17:52:56 sqlgrey: grey: domain awl: 192.0.2.25, sender.example added',
    ].join('\n'),
    [
      'sqlgrey-log refused [192.0.2.25] a@sender.example u@example.org null s',
      'sqlgrey-log refused early [192.0.2.25] a@sender.example u@example.org null s',
      'sqlgrey-log passed [192.0.2.25] a@sender.example u@example.org 61 s',
      'sqlgrey-log exempt [192.0.2.25] a@sender.example null null s',
      'sqlgrey-log exempt [192.0.2.25] sender.example null null s',
    ],
  ],
  [
    'rspamd, two lines of one task, and a task without its second line',
    [
      '2026-01-05 10:00:00 #1234(normal) <ab12cd>; lua; greylist.lua:331: greylisted until "Mon, 05 Jan 2026 09:05:00 GMT" (meta only)',
      '2026-01-05 10:00:00 #1234(normal) <ab12cd>; task; rspamd_task_write_log: id: <1@s>, qid: <436D>, ip: 203.0.113.2, from: <a@sender.example>, (default: F (soft reject): [5/15] [GREYLIST(0.00){greylisted;x;}]), rcpts: <u@example.org>, mime_rcpts: <u@example.org>',
      '2026-01-05 10:05:01 #1234(normal) <ff4f98>; lua; greylist.lua:404: greylisting pass (body) until Mon, 30 Nov 2026 16:57:51 GMT',
    ].join('\n'),
    [
      'rspamd-log refused [203.0.113.2] a@sender.example u@example.org null s',
      'rspamd-log passed [null] null null null s',
    ],
  ],
  [
    'milter-greylist',
    'Jan  5 10:00:00 mail milter-greylist: 605900AB: addr c.sender.example[203.0.113.2] from <a@sender.example> to <u@example.org> delayed for 00:30:00 (ACL 132)',
    ['milter-greylist-log refused [203.0.113.2] a@sender.example u@example.org 1800 s'],
  ],
  [
    'a provider of mail',
    '{"email":"u@example.org","event":"deferred","response":"451 4.7.1 Greylisted","timestamp":1767604358,"smtp-id":"<1@s>"}',
    ['provider-events <1@s> u@example.org null [null] 451 4.7.1 at null'],
  ],
];

describe('sources of logs', () => {
  for (const [name, log, expected] of CASES) {
    it(`reads ${name}`, () => expect(eventsOf(log).map(short)).to.deep.equal(expected));
  }

  it('have an id each', () => {
    const ids = LOG_SOURCES.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('leave lines of other programs alone', () => {
    expect(
      eventsOf('Jan  5 10:00:00 mail dovecot: imap-login: 450 4.7.1 Greylisted (in reply to RCPT)'),
    ).to.deep.equal([]);
  });
});
