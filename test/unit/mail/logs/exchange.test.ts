import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseExchangeReport } from '../../../../src/mail/bounces/exchange-report.js';
import { readExchangeStatus } from '../../../../src/mail/bounces/exchange-status.js';
import type { Finding } from '../../../../src/mail/finding.js';
import { refusalsIn } from './support/read-log.js';

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/explain/${name}`, import.meta.url), 'utf8');
}

function said(found: Pick<Finding, 'reply'> | null | undefined): string {
  const reply = found?.reply;
  return reply === undefined || reply === null
    ? 'nothing'
    : `${reply.code} ${reply.enhanced ?? '-'} ${reply.text.join(' | ')}`;
}

describe('readExchangeStatus', () => {
  const unwrapped: readonly (readonly [string, string])[] = [
    ['450 4.7.1 Greylisted', '450 4.7.1 Greylisted'],
    ["'450 4.7.1 Greylisted'", '450 4.7.1 Greylisted'],
    ['#450 4.7.1 Greylisted ##', '450 4.7.1 Greylisted'],
    ["returned '450 4.7.1 Greylisted'", '450 4.7.1 Greylisted'],
    ['[{LED=450 4.7.1 Greylisted};{MSG=};{FQDN=mx.example.org}]', '450 4.7.1 Greylisted'],
    [
      '451 4.4.0 Primary target IP address responded with: "450 4.7.1 Greylisted." Attempted failover to alternate host, but that did not succeed.',
      '450 4.7.1 Greylisted.',
    ],
    [
      '[{LED=451 4.4.0 Primary target IP address responded with: "450 4.7.1 Greylisted."};{FQDN=x.example}]',
      '450 4.7.1 Greylisted.',
    ],
    ['#< #4.4.7 smtp;400 4.4.7 Message delayed> #SMTP#', '400 4.4.7 Message delayed'],
    ['< #4.4.7>', '451 4.4.7 '],
    [
      '550 5.4.300 Message expired -> 451 4.4.400 Error communicating with target host. -> 450 4.7.1 Greylisted',
      '450 4.7.1 Greylisted',
    ],
    [
      "550 4.4.7 QUEUE.Expired; message expired. Last error: '450 4.7.1 Greylisted'",
      '450 4.7.1 Greylisted',
    ],
    ['550 5.4.300 Message expired', '550 5.4.300 Message expired'],
    ['#550 4.4.7 QUEUE.Expired; message expired ##', '550 4.4.7 QUEUE.Expired; message expired'],
  ];
  for (const [wrapped, inside] of unwrapped) {
    it(`finds the reply in ${wrapped.slice(0, 60)}`, () => {
      expect(said(readExchangeStatus(wrapped))).to.equal(inside);
    });
  }

  it('names the host that Exchange names', () => {
    const status = readExchangeStatus('[{LED=450 4.7.1 x};{FQDN=mx.example.org};{IP=192.0.2.1}]');
    expect(status).to.include({ remoteHost: 'mx.example.org', remoteAddress: '192.0.2.1' });
  });

  it('finds nothing in a success or in words', () => {
    expect(readExchangeStatus('250 2.1.5 Recipient OK')).to.equal(null);
    expect(readExchangeStatus('Message is queued')).to.equal(null);
  });
});

describe('parseExchangeReport', () => {
  it('reads the one line of Exchange 2003', () => {
    const [found, ...others] = parseExchangeReport(
      'You do not have permission to send to this recipient. For assistance, contact your system administrator. <mail.sender.example #4.7.1 smtp;450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted>',
    );
    expect(others).to.deep.equal([]);
    expect(said(found)).to.equal(
      '450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted',
    );
    expect(found).to.include({
      software: 'exchange-2003',
      fate: 'gave-up',
      recipient: 'user@example.org',
      reportingHost: 'mail.sender.example',
      stage: 'rcpt',
    });
  });

  it('reads several recipients, wrapped lines, and a status without a reply', () => {
    const found = parseExchangeReport(
      [
        'The following recipient(s) could not be reached:',
        '',
        '      one@example.org on 30.08.2007 10:10',
        '            Es liegt keine Berechtigung vor.',
        '            <mail.sender.example #4.7.1 smtp;450 4.7.1 <one@example.org>:',
        '            Recipient address rejected: Greylisted>',
        '',
        '      two@example.net on 30.08.2007 10:10',
        '            Could not deliver the message in the time limit specified.',
        '            <mail.sender.example #4.4.7>',
      ].join('\r\n'),
    );
    expect(found.map(({ recipient }) => recipient)).to.deep.equal([
      'one@example.org',
      'two@example.net',
    ]);
    expect(found.map(said)).to.deep.equal([
      '450 4.7.1 <one@example.org>: Recipient address rejected: Greylisted',
      '451 4.4.7 ',
    ]);
  });

  it('reads the administrator part of 2007 and later', () => {
    const found = parseExchangeReport(fixture('exchange-2019.txt'));
    expect(found.map(said)).to.deep.equal([
      '450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted',
      '550 4.4.7 QUEUE.Expired; message expired',
    ]);
    expect(found[0]).to.include({
      software: 'exchange-2007plus',
      recipient: 'user@example.org',
      reportingHost: 'mail.sender.example',
      remoteHost: 'mx.example.org',
    });
    expect(found[1]).to.include({ recipient: 'second@example.net', fate: 'gave-up' });
  });

  it('tells one status once though the report has it twice', () => {
    const found = parseExchangeReport(
      [
        'user@example.org',
        "Remote Server at example.org (192.0.2.1) returned '450 4.7.1 <user@example.org>: Greylisted'",
        'Generating server: mail.sender.example',
        'user@example.org',
        'mx.example.org #450 4.7.1 <user@example.org>: Greylisted ##',
      ].join('\n'),
    );
    expect(found).to.have.length(1);
    expect(found[0]).to.include({ remoteAddress: '192.0.2.1', recipient: 'user@example.org' });
  });

  it('reads the last error of a queue', () => {
    const [found] = parseExchangeReport(
      'Last Error: 451 4.4.0 Primary target IP address responded with: "450 4.7.1 <user@example.org>: Greylisted." Attempted failover to alternate host.',
    );
    expect(said(found)).to.equal('450 4.7.1 <user@example.org>: Greylisted.');
    expect(found).to.include({ fate: 'deferred', recipient: 'user@example.org' });
  });

  it('finds nothing in an ordinary text', () => {
    expect(parseExchangeReport('See issue #450 and <b> 4.7.1 </b> for more.')).to.deep.equal([]);
  });
});

describe('a log of Exchange', () => {
  it('reads a tracking log: each recipient with its own status, subjects notwithstanding', () => {
    const found = refusalsIn(fixture('tracking.csv'));
    expect(found.map(({ recipient, fate }) => [recipient, fate])).to.deep.equal([
      ['user@example.org', 'deferred'],
      ['one@example.net', 'rejected'],
      ['two@example.net', 'gave-up'],
    ]);
    expect(found.map(said)).to.deep.equal([
      '450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted',
      '550 5.1.1 User unknown',
      '452 4.2.2 Mailbox full',
    ]);
    expect(found[0]).to.include({
      sender: 'alice@sender.example',
      remoteHost: 'mx.example.org',
      remoteAddress: '192.0.2.1',
      when: '2026-01-05T10:01:00.000Z',
    });
  });

  it('reads what Get-MessageTrackingLog exports', () => {
    const found = refusalsIn(
      [
        '"Timestamp","ClientIp","EventId","Source","Recipients","RecipientStatus","Sender"',
        '"1/5/2026 10:00:00 AM","10.0.0.5","DEFER","SMTP","user@example.org","451 4.7.1 Greylisted ""for"" 5 minutes","alice@sender.example"',
      ].join('\n'),
    );
    expect(found.map(said)).to.deep.equal(['451 4.7.1 Greylisted "for" 5 minutes']);
    expect(found[0]).to.include({ recipient: 'user@example.org', fate: 'deferred' });
  });

  it('reads a send protocol log with the stage of the last command', () => {
    const rows = [
      '#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context',
      't,Out,S1,1,10.0.0.5:1,192.0.2.1:25,>,MAIL FROM:<alice@sender.example> SIZE=10,',
      't,Out,S1,2,10.0.0.5:1,192.0.2.1:25,<,250 2.1.0 Ok,',
      't,Out,S1,3,10.0.0.5:1,192.0.2.1:25,>,RCPT TO:<user@example.org>,',
      't,Out,S1,4,10.0.0.5:1,192.0.2.1:25,<,450 4.7.1 Greylisted,',
    ];
    const found = refusalsIn(rows.join('\n'));
    expect(found.map(said)).to.deep.equal(['450 4.7.1 Greylisted']);
    expect(found[0]).to.include({
      stage: 'rcpt',
      recipient: 'user@example.org',
      sender: 'alice@sender.example',
      remoteAddress: '192.0.2.1',
    });
  });
});

describe('parseExchangeReport, of today', () => {
  const ONLINE = [
    'Delivery has failed to these recipients or groups:',
    'user@example.org',
    "Your message couldn't be delivered.",
    'Diagnostic information for administrators:',
    'Generating server: AM0PR01MB1234.eurprd01.prod.outlook.com',
    'Receiving server: AM0PR01MB1234.eurprd01.prod.outlook.com',
    'user@example.org',
    "3/10/2026 10:38:41 AM - Server at AM0PR01MB1234.eurprd01.prod.outlook.com returned '550 5.4.300 Message expired -> 451 4.7.1 Greylisting in action, please come back later'",
    "3/10/2026 10:33:39 AM - Server at mx.example.org (192.0.2.25) returned '451 4.7.1 Greylisting in action, please come back later'",
  ].join('\n');

  it('finds the reply behind "Message expired", once, with the host that gave it', () => {
    const found = parseExchangeReport(ONLINE);
    expect(found.map(said)).to.deep.equal([
      '451 4.7.1 Greylisting in action, please come back later',
    ]);
    expect(found[0]).to.include({
      software: 'exchange-online',
      fate: 'gave-up',
      recipient: 'user@example.org',
      reportingHost: 'am0pr01mb1234.eurprd01.prod.outlook.com',
      remoteHost: 'mx.example.org',
      remoteAddress: '192.0.2.25',
    });
  });

  it('reads the details for administrators of Microsoft 365', () => {
    const found = parseExchangeReport(
      [
        'Sender Address:\tme@sender.example',
        'Recipient Address:\tuser@example.org',
        'Error Details',
        'Reported error:\t550 5.4.300 Message expired -> 451 4.7.1 Try again later',
        'DSN generated by:\tAM0PR01MB1234.eurprd01.prod.outlook.com',
        'Remote server:\tmx.example.org',
      ].join('\n'),
    );
    expect(found.map(said)).to.deep.equal(['451 4.7.1 Try again later']);
    expect(found[0]).to.include({ recipient: 'user@example.org', remoteHost: 'mx.example.org' });
  });

  it('prefers the reply of the other side to "Message delayed"', () => {
    const found = parseExchangeReport(
      [
        'Generating server: ex.sender.example',
        'user@example.org',
        "Remote Server at mx.example.org (192.0.2.25) returned '400 4.4.7 Message delayed'",
        "3/10/2026 9:16:10 AM - Remote Server at mx.example.org (192.0.2.25) returned '451 4.7.1 Try again later'",
      ].join('\n'),
    );
    expect(found.map(said)).to.deep.equal(['451 4.7.1 Try again later']);
    expect(found[0]).to.include({ fate: 'deferred', recipient: 'user@example.org' });
  });

  const languages = [
    ['Servidor de generación: ex.sender.example', "El servidor remoto devolvió '450 4.7.1 no'"],
    ['Serveur de génération : ex.sender.example', "Le serveur distant a renvoyé '450 4.7.1 no'"],
    ['Generierender Server: ex.sender.example', "Remote Server hat '450 4.7.1 no' zurückgegeben"],
    ['Server di generazione: ex.sender.example', "Il server remoto ha restituito '450 4.7.1 no'"],
  ];
  for (const [server, line] of languages) {
    it(`reads: ${line}`, () => {
      const [found] = parseExchangeReport(`${server}\n\nuser@example.org\n${line}\n`);
      expect(said(found)).to.equal('450 4.7.1 no');
      expect(found).to.include({
        recipient: 'user@example.org',
        reportingHost: 'ex.sender.example',
      });
    });
  }

  it('reads the status that Exchange 2007 puts below the address', () => {
    const [found] = parseExchangeReport(
      'Generating server: ex.sender.example\n\nuser@example.org\n450 4.7.1 no\n',
    );
    expect(found).to.include({ software: 'exchange-2007plus', recipient: 'user@example.org' });
  });

  it('takes the host of #<host #4.7.1 smtp;...> #SMTP# for the one that refused', () => {
    const [found] = parseExchangeReport(
      'Generating server: ex.sender.example\n\nuser@example.org\nmx.example.org #<mx.example.org #4.7.1 smtp;450 4.7.1 <user@example.org>: no> #SMTP#\n',
    );
    expect(said(found)).to.equal('450 4.7.1 <user@example.org>: no');
    expect(found).to.include({
      software: 'exchange-2007plus',
      reportingHost: 'ex.sender.example',
      remoteHost: 'mx.example.org',
    });
  });

  it('reads what is left of an old report without its brackets', () => {
    const [found] = parseExchangeReport(
      'You do not have permission to send to this recipient ... #4.7.1 smtp;450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted',
    );
    expect(said(found)).to.match(/^450 4\.7\.1 <user@example\.org>/);
    expect(found).to.include({ software: 'exchange-2003', recipient: 'user@example.org' });
  });

  it('takes no quotation for a report', () => {
    expect(parseExchangeReport("The server said '450 4.7.1 no'")).to.deep.equal([]);
  });
});

describe('a log of Exchange, and who is the other side', () => {
  const HEADER =
    '#Fields: date-time,client-hostname,server-ip,server-hostname,source,event-id,recipient-address,recipient-status,sender-address';
  const read = (row: string) => refusalsIn([HEADER, row])[0];

  it('does not take the Exchange server for the host that refused', () => {
    expect(
      read('2026-01-05T10:00:00Z,,,EX16,SMTP,DEFER,u@example.org,450 4.7.1 no,a@sender.example'),
    ).to.include({ reportingHost: 'ex16', remoteHost: null });
    expect(
      read(
        '2026-01-05T10:00:00Z,ex.corp.example,10.0.0.1,ex.corp.example,SMTP,FAIL,u@example.org,450 4.7.1 no,a@sender.example',
      ),
    ).to.include({ reportingHost: 'ex.corp.example', remoteHost: null, remoteAddress: null });
    expect(
      read(
        '2026-01-05T10:00:00Z,EX16,192.0.2.1,mx.example.org,SMTP,DEFER,u@example.org,450 4.7.1 no,a@sender.example',
      ),
    ).to.include({
      reportingHost: 'ex16',
      remoteHost: 'mx.example.org',
      remoteAddress: '192.0.2.1',
    });
  });

  it('says of an expired message that the sender gave up', () => {
    expect(
      read(
        '2026-01-05T10:00:00Z,,,EX16,QUEUE,FAIL,u@example.org,550 4.4.7 QUEUE.Expired; message expired,a@sender.example',
      ),
    ).to.include({ fate: 'gave-up' });
  });

  it('reads a protocol of receiving, where this server refused', () => {
    const row = (event: string, data: string) =>
      `2026-01-05T10:00:00Z,EX\\Default,08D2,1,10.0.0.5:25,198.51.100.9:5555,${event},${data},`;
    const found = refusalsIn([
      '#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context',
      row('>', '220 mail ESMTP'),
      row('<', 'MAIL FROM:<a@b.example>'),
      row('>', '250 Ok'),
      row('<', 'RCPT TO:<u@example.org>'),
      row('>', '451 4.7.1 Please try again later'),
    ]);
    expect(found[0]).to.include({
      direction: 'incoming',
      stage: 'rcpt',
      sender: 'a@b.example',
      recipient: 'u@example.org',
      remoteAddress: '198.51.100.9',
    });
  });
});
