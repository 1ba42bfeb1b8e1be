import { expect } from 'chai';
import fc from 'fast-check';
import { addressIn, cleanAddress, cleanHost, cleanIp } from '../../../../src/mail/addresses.js';
import { stageOfCommand } from '../../../../src/mail/commands.js';
import { readReply } from '../../../../src/mail/embedded-reply.js';
import { csvFields } from '../../../../src/mail/logs/csv.js';
import { readStamp } from '../../../../src/mail/logs/timestamps.js';
import { looksLike, unreadableKind } from '../../../../src/mail/recognise.js';
import { normaliseWords } from '../../../../src/tasks/explain/normalise-words.js';

describe('csvFields', () => {
  it('reads back what RFC 4180 would write', () => {
    const field = fc.stringMatching(/^[a,"; ]{0,6}$/);
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), (fields) => {
        const line = fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
        expect(csvFields(line)).to.deep.equal(fields);
      }),
    );
  });

  it('does not hang on quotes that are never closed', () => {
    expect(csvFields('a,"b,c')).to.deep.equal(['a', 'b,c']);
    expect(csvFields('a,,b"c,')).to.deep.equal(['a', '', 'b"c', '']);
  });
});

describe('addresses', () => {
  it('cleans mail addresses, and refuses what is none', () => {
    expect(cleanAddress('rfc822; <u@example.org>')).to.equal('u@example.org');
    for (const text of [
      '',
      '<>',
      'u',
      '@example.org',
      'a b@example.org',
      `${'x'.repeat(400)}@e.org`,
    ]) {
      expect(cleanAddress(text), text).to.equal(null);
    }
    expect(addressIn('mail to user@example.org.')).to.equal('user@example.org');
  });

  it('cleans host names and addresses of hosts', () => {
    expect(cleanHost('dns; MX.Example.org.')).to.equal('mx.example.org');
    expect(['unknown', 'none', '', 'a b', '$(reboot)'].map(cleanHost)).to.deep.equal([
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(cleanIp('[IPv6:2001:db8::1]')).to.equal('2001:db8::1');
    expect(cleanIp('192.0.2.300')).to.equal(null);
  });
});

describe('stageOfCommand', () => {
  it('knows the commands as logs write them', () => {
    const stages = [
      'RCPT TO:<u@e.org>',
      'pipelined MAIL FROM:<a@b.c>',
      'end of data',
      'DATA',
      'EHLO x',
      'initial connection',
      'NOOP',
    ];
    expect(stages.map(stageOfCommand)).to.deep.equal([
      'rcpt',
      'mail',
      'message',
      'data',
      'helo',
      'connect',
      null,
    ]);
  });
});

describe('readReply', () => {
  it('gives the codes of any reply back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 400, max: 599 }),
        fc.stringMatching(/^[a-z][a-z ,]{0,30}$/),
        (code, text) => {
          const read = readReply(`${code} ${Math.floor(code / 100)}.7.1 ${text}`);
          expect(read?.reply).to.include({ code, enhanced: `${Math.floor(code / 100)}.7.1` });
          expect(read?.codeAssumed).to.equal(false);
        },
      ),
    );
  });

  it('reads no success, no greeting, no number', () => {
    for (const text of ['250 Ok', '220 mx', '4500 x', '45', 'x 450 y', '450.1 x', '']) {
      expect(readReply(text), text).to.equal(null);
    }
  });
});

describe('normaliseWords', () => {
  const words = (text: string) => normaliseWords({ code: 450, enhanced: null, text: [text] });

  it('makes replies to different messages alike', () => {
    expect(words('<a@example.org>: Greylisted for 118 seconds')).to.equal(
      words('<b@example.net>: Greylisted for 97 seconds'),
    );
    expect(words('see http://help.example/a/b?c=1')).to.equal(words('see http://help.example/d'));
    expect(words('[192.0.2.1] refused a1b2c3d4e5f6 by mx1.example.org')).to.equal(
      words('[192.0.2.77] refused f6e5d4c3b2a1 by mx2.example.net'),
    );
  });

  it('keeps the codes of providers apart', () => {
    expect(words('[TSS04] deferred')).to.not.equal(words('[TSS09] deferred'));
    expect(words('see http://a.example')).to.not.equal(words('see http://b.example'));
  });
});

describe('looksLike', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['Jan  5 10:00:00 mail postfix/smtp[1]: x\n', 'log'],
    ['2026-01-05 10:00:00 1tUabc-0001Ab-2C => x\n', 'log'],
    ['2026-01-05T10:00:00.1+01:00 mail postfix/smtp[1]: x\n', 'log'],
    [
      '#Software: Microsoft Exchange Server\n#Fields: date-time,event-id,recipient-address,recipient-status\n',
      'log',
    ],
    ['Return-Path: <>\nReceived: from x\n by y\nFrom: z\n\nbody', 'mail'],
    ['From MAILER-DAEMON Mon Jan  5 10:00:00 2026\nFrom: a\nSubject: b\n\n', 'mail'],
    ['Subject: only one field\n\n', 'text'],
    ['450 4.7.1 Greylisted', 'text'],
    ['Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; y\n', 'text'],
    ['', 'text'],
  ];
  for (const [head, expected] of cases) {
    it(`takes ${JSON.stringify(head.slice(0, 40))} for ${expected}`, () => {
      expect(looksLike(head)).to.equal(expected);
    });
  }

  it('names files that hold no text', () => {
    expect(unreadableKind(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1]))?.name).to.match(/Outlook/);
    expect(unreadableKind(Buffer.from('450 no'))).to.equal(null);
  });
});

describe('readStamp', () => {
  it('reads the usual times, and nothing else', () => {
    expect(readStamp('Jan  5 10:00:00 mail x')).to.deep.equal({
      when: 'Jan  5 10:00:00',
      rest: 'mail x',
    });
    expect(readStamp('2026-01-05 10:00:00 +0100 x')?.when).to.equal('2026-01-05 10:00:00 +0100');
    expect(readStamp('Xyz  5 10:00:00 mail x')).to.equal(null);
    expect(readStamp('450 4.7.1 x')).to.equal(null);
  });
});
