import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import * as v from 'valibot';
import {
  type ExplainResult,
  ExplainResultSchema,
} from '../../../../src/contract/explain-result.js';
import { renderExplanation } from '../../../../src/report/text/explain-text.js';
import {
  type ExplainOptions,
  explain,
  explainText,
} from '../../../../src/tasks/explain/explain.js';
import { expectToFit } from '../../report/support/fits.js';

/** Explains bytes that come in chunks of this size. */
async function explainBytes(
  bytes: Buffer,
  chunk = 65_536,
  options: Partial<ExplainOptions> = {},
): Promise<ExplainResult> {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  return checked(await explain(chunks(), { name: 'file', ...options }));
}

async function explainWords(text: string): Promise<ExplainResult> {
  return checked(await explainText(text, { name: 'text' }));
}

/** Every result keeps the contract, and its text keeps to its columns without control characters. */
function checked(result: ExplainResult): ExplainResult {
  v.assert(v.strictObject(ExplainResultSchema.entries), result);
  expectToFit(
    (style) => renderExplanation(result, style),
    (line) => line.startsWith('  greyprobe '),
  );
  for (const line of renderExplanation(result).split('\n')) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
    expect(line).to.not.match(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  }
  return result;
}

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../../fixtures/explain/${name}`, import.meta.url));
}

const EXCHANGE_2003 =
  'You do not have permission to send to this recipient. For assistance, contact your system administrator. <mail.sender.example #4.7.1 smtp;450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted>';

function postfixLine(n: number, reply: string, domain = 'example.org'): string {
  const second = String(n % 60).padStart(2, '0');
  return `Jan  5 10:${String(Math.floor(n / 60) % 60).padStart(2, '0')}:${second} mail postfix/smtp[1]: 4dlPxQ0Zz: to=<user${n}@${domain}>, relay=mx.${domain}[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=4.7.1, status=deferred (host mx.${domain}[192.0.2.1] said: ${reply} (in reply to RCPT TO command))\n`;
}

describe('explain', () => {
  it('reads the report of Exchange 2003', async () => {
    const result = await explainWords(EXCHANGE_2003);
    expect(result.input.format).to.equal('report');
    const [found] = result.findings;
    expect(found).to.include({
      class: 'greylisting',
      confidence: 'likely',
      recipient: 'user@example.org',
      command: 'greyprobe probe user@example.org',
    });
    expect(found?.reply).to.deep.include({ code: 450, enhanced: '4.7.1' });
    expect(found?.next).to.match(/GlitchRetrySeconds/);
  });

  const inputs: readonly (readonly [
    name: string,
    file: string,
    format: string,
    recipients: readonly string[],
  ])[] = [
    [
      'a notification of Postfix',
      'postfix-failed.eml',
      'mail',
      ['gone@example.net', 'user@example.org'],
    ],
    ['a notification of Exchange 2003', 'exchange-2003.eml', 'mail', ['user@example.org']],
    ['a mail inside a mail', 'nested.eml', 'mail', ['user@example.org']],
    [
      'a tracking log',
      'tracking.csv',
      'log',
      ['one@example.net', 'two@example.net', 'user@example.org'],
    ],
  ];
  for (const [name, file, format, recipients] of inputs) {
    it(`knows ${name} by itself, whatever the chunks`, async () => {
      const whole = await explainBytes(fixture(file));
      expect(whole.input.format).to.equal(format);
      expect(whole.findings.map((found) => found.recipient)).to.have.members(recipients);
      const grey = whole.findings.find((found) => found.recipient === 'user@example.org');
      expect(grey).to.include({ class: 'greylisting' });
      expect(await explainBytes(fixture(file), 97)).to.deep.equal(whole);
    });
  }

  it('tells a short log line by line', async () => {
    const result = await explainWords(
      `Jan  5 09:59:59 mail postfix/qmgr[2]: 4dlPxQ0Zz: removed\n${postfixLine(0, '450 4.7.1 <u@example.org>: Greylisted')}`,
    );
    expect(result.log).to.equal(null);
    expect(result.input).to.include({ format: 'log', lines: 2 });
    expect(result.findings).to.have.length(1);
    expect(result.findings[0]).to.include({
      line: 2,
      command: 'greyprobe probe user0@example.org --host mx.example.org',
    });
    expect(result.findings[0]?.next).to.match(/Postfix tries again about 5 min to 10 min/);
  });

  it('adds a long log up', async () => {
    let log = '';
    for (let n = 0; n < 30; n += 1) {
      log += postfixLine(
        n,
        `450 4.7.1 <user${n}@example.org>: Recipient address rejected: Greylisted for ${300 - n} seconds`,
      );
      log += `Jan  5 10:00:00 mail postfix/qmgr[2]: ${n}: removed\n`;
      if (n % 3 === 0) log += postfixLine(n, '452 4.2.2 Mailbox full', 'example.net');
    }
    log +=
      'Jan  5 11:00:00 mail postfix/smtp[1]: 4dlPxQ0Zz: to=<x@example.com>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.9]:25: Connection refused)\n';
    const { findings, log: summary, input } = await explainBytes(Buffer.from(log), 1000);
    expect(findings).to.deep.equal([]);
    expect(input.lines).to.equal(71);
    expect(summary).to.deep.include({
      refusals: 41,
      withoutReply: 1,
      first: 'Jan  5 10:00:00',
      last: 'Jan  5 11:00:00',
      cut: [],
      classes: [
        { direction: 'outgoing', class: 'greylisting', count: 30 },
        { direction: 'outgoing', class: 'mailbox-full', count: 10 },
        { direction: 'outgoing', class: null, count: 1 },
      ],
    });
    expect(summary?.remoteHosts.map(({ host, count }) => [host, count])).to.deep.equal([
      ['mx.example.org', 30],
      ['mx.example.net', 10],
    ]);
    expect(summary?.destinations[0]).to.deep.include({
      domain: 'example.org',
      count: 30,
      class: 'greylisting',
      first: 'Jan  5 10:00:00',
      last: 'Jan  5 10:00:29',
      command: 'greyprobe probe user0@example.org --host mx.example.org',
    });
    expect(summary?.texts.map(({ count }) => count)).to.deep.equal([30, 10]);
    expect(summary?.texts[0]).to.include({ line: 1, class: 'greylisting', confidence: 'likely' });
  });

  it('adds log lines up that stand behind a prefix', async () => {
    let log = '';
    for (let n = 0; n < 20; n += 1) log += `mail-1  | ${postfixLine(n, '450 4.7.1 Greylisted')}`;
    const { log: summary, input } = await explainWords(log);
    expect(input).to.include({ format: 'log', lines: 20 });
    expect(summary).to.include({ refusals: 20 });
  });

  it('names the commonest class of a place, not the first', async () => {
    let log = postfixLine(0, '452 4.2.2 Mailbox full');
    for (let n = 1; n < 7; n += 1) log += postfixLine(n, '450 4.7.1 Greylisted, try later');
    const { log: summary } = await explainWords(log);
    expect(summary?.remoteHosts).to.have.length(1);
    expect(summary?.remoteHosts[0]).to.include({ class: 'greylisting', count: 7 });
  });

  it('reads gzip and UTF-16, as rotated logs and Windows have them', async () => {
    const line = postfixLine(1, '450 4.7.1 Greylisted');
    expect((await explainBytes(gzipSync(line), 1)).findings).to.have.length(1);
    const wide = Buffer.from(`\uFEFF${EXCHANGE_2003}`, 'utf16le');
    expect((await explainBytes(wide, 1)).findings[0]).to.include({
      recipient: 'user@example.org',
    });
  });

  it('takes words without a code for a temporary reply where they are known', async () => {
    const [found] = (await explainWords('You have been greylisted, please try again later'))
      .findings;
    expect(found).to.include({ class: 'greylisting', codeAssumed: true });
  });

  it('does not call a server that did not answer a greylister', async () => {
    const { findings } = await explainWords(
      'Jan  5 11:00:00 mail postfix/smtp[1]: 4dlPxQ0Zz: to=<x@example.com>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.9]:25: Connection refused)',
    );
    expect(findings[0]).to.deep.include({ class: null, reply: null, hypotheses: [] });
  });

  it('tells no connection, a broken one, missing TLS and no reply apart', async () => {
    const meanings = [
      ['connect to mx.example.com[192.0.2.9]:25: Connection timed out', /No mail server answered/],
      [
        'lost connection with mx.example.com[192.0.2.9] while sending RCPT TO',
        /ended before a reply/,
      ],
      ['TLS is required, but was not offered by host mx.example.com[192.0.2.9]', /encrypted/],
      ['mail for example.com loops back to myself', /does not have the reply/],
    ] as const;
    for (const [failure, meaning] of meanings) {
      const { findings } = await explainWords(
        `Jan  5 11:00:00 mail postfix/smtp[1]: 4dlPxQ0Zz: to=<x@example.com>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (${failure})`,
      );
      expect(findings[0]?.meaning, failure).to.match(meaning);
    }
  });

  it('reads the line of a host that refused the connection before the next host was tried', async () => {
    const { findings } = await explainWords(
      'Jan  5 11:00:00 mail postfix/smtp[1]: 4dlPxQ0Zz: host mx.example.com[192.0.2.9] refused to talk to me: 421 4.7.0 Error: too many connections from 192.0.2.1',
    );
    expect(findings[0]).to.include({ class: 'too-many-connections', stage: 'connect' });
  });

  it('reads all mails of a mailbox, and undoes the marks of an answer', async () => {
    const mail = readFileSync(
      new URL('../../../fixtures/explain/postfix-failed.eml', import.meta.url),
      'latin1',
    );
    const from = 'From MAILER-DAEMON Wed Nov 25 10:15:03 2026\n';
    const two = `${from}${mail}\n\n${from}${mail.replaceAll('user@example.org', 'second@example.org')}`;
    const { findings } = await explainWords(two);
    expect(findings.map(({ recipient }) => recipient)).to.include.members([
      'user@example.org',
      'second@example.org',
    ]);
    const quoted = await explainWords(
      '> <mail.s.example #4.7.1 smtp;450 4.7.1\n> <u@example.org>: Recipient address rejected: Greylisted>',
    );
    expect(quoted.findings[0]).to.include({ class: 'greylisting', recipient: 'u@example.org' });
  });

  it('says what the sender does next, also where the sender is not known', async () => {
    const [bare] = (await explainWords('450 4.7.1 <u@example.org>: Greylisted')).findings;
    expect(bare?.next).to.match(/keeps the message and tries again/);
    const [refused] = (await explainWords('550 5.1.1 <u@example.org>: User unknown')).findings;
    expect(refused?.next).to.match(/ends the delivery/);
    expect(refused?.command).to.equal(null);
  });

  it('says of an expired message that the reply is not in the report', async () => {
    const [found] = (
      await explainWords('u@example.org\n#550 4.4.7 QUEUE.Expired; message expired ##')
    ).findings;
    expect(found?.happened).to.match(/time ran out/);
    expect(found?.meaning).to.match(/not in it/);
  });

  it('does as --format says', async () => {
    const text =
      'Reporting-MTA: dns; s.example\n\nFinal-Recipient: rfc822; u@example.org\nAction: failed\nStatus: 4.7.1\nDiagnostic-Code: smtp; 450 4.7.1 x\n';
    const bytes = Buffer.from(text);
    expect((await explainBytes(bytes)).input.format).to.equal('report');
    expect((await explainBytes(bytes, 100, { format: 'reply' })).findings[0]?.source).to.equal(
      'reply',
    );
    expect((await explainBytes(bytes, 100, { format: 'log' })).recognised).to.equal(false);
  });
});

describe('explain with broken input', () => {
  const nothing: readonly (readonly [name: string, bytes: Buffer, warning: string])[] = [
    ['nothing at all', Buffer.alloc(0), 'empty'],
    [
      'binary data',
      Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 37) % 256)),
      'nothing-recognised',
    ],
    ['an Outlook file', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), 'not-text'],
    ['other words', Buffer.from('The quick brown fox'), 'nothing-recognised'],
    [
      'a mail that reports nothing',
      Buffer.from('From: a\nSubject: b\n\nhello'),
      'nothing-recognised',
    ],
    [
      'MIME without end',
      Buffer.from(
        `From: a\nSubject: b\nContent-Type: multipart/mixed; boundary=x\n\n${'--x\n'.repeat(2000)}`,
      ),
      'nothing-recognised',
    ],
  ];
  for (const [name, bytes, warning] of nothing) {
    it(`recognises nothing in ${name}`, async () => {
      const result = await explainBytes(bytes);
      expect(result).to.deep.include({ recognised: false, findings: [], log: null });
      expect(result.warnings.map(({ code }) => code)).to.include(warning);
    });
  }

  it('passes 50 MB on one line quickly', async () => {
    const chunk = Buffer.alloc(1_000_000, '450 ');
    async function* chunks(): AsyncGenerator<Buffer> {
      for (let n = 0; n < 50; n += 1) yield chunk;
    }
    const result = checked(await explain(chunks(), { name: 'file' }));
    expect(result.input.bytes).to.equal(50_000_000);
    expect(result.warnings.map(({ code }) => code)).to.deep.equal([
      'long-lines',
      'nothing-recognised',
    ]);
  });

  it('reads the report at the beginning of a mail with very many lines', async () => {
    const whole = fixture('postfix-failed.eml').toString('latin1');
    const padded = whole.replace('450 4.7.1 this is only', `${'\n '.repeat(400_000)}only`);
    const result = await explainBytes(Buffer.from(padded, 'latin1'));
    expect(result.findings).to.have.length(2);
    expect(result.warnings.map(({ code }) => code)).to.deep.equal(['mail-cut']);
  });

  it('refuses damaged gzip with a reason', async () => {
    const lines = Array.from({ length: 4000 }, (_, n) => postfixLine(n, `450 4.7.1 no ${n * n}`));
    const damaged = gzipSync(lines.join(''));
    const middle = Math.floor(damaged.length / 2);
    damaged.fill(0xff, middle, middle + 40);
    const error = await explainBytes(damaged).catch((thrown: unknown) => thrown);
    expect(error).to.include({ name: 'GreyprobeError', code: 'damaged-gzip', exit: 2 });
  });

  it('reads what there is of gzip that was cut, and says so', async () => {
    const lines = Array.from({ length: 4000 }, (_, n) => postfixLine(n, `450 4.7.1 no ${n * n}`));
    const packed = gzipSync(lines.join(''));
    const { log, warnings } = await explainBytes(packed.subarray(0, packed.length / 2));
    expect(log?.refusals).to.be.within(1500, 2500);
    expect(warnings.map(({ code }) => code)).to.deep.equal(['packed-cut']);
  });

  it('reads UTF-16 without its mark, and lines that end with a carriage return', async () => {
    const text = `Hello\n${EXCHANGE_2003}\n`;
    for (const bytes of [
      Buffer.from(text, 'utf16le'),
      Buffer.from(text, 'utf16le').swap16(),
      Buffer.from(text.replaceAll('\n', '\r')),
    ]) {
      expect((await explainBytes(bytes)).findings[0]).to.include({ recipient: 'user@example.org' });
    }
  });

  it('tells where a mail that did arrive was held up', async () => {
    const { journey, recognised } = await explainWords(
      [
        'Received: from mx.example.org (mx.example.org [192.0.2.1]) by store.example.org with LMTP;',
        '  Mon, 5 Jan 2026 10:12:31 +0100 (CET)',
        'X-Greylist: delayed 748 seconds by postgrey-1.37 at mx.example.org; Mon, 05 Jan 2026 10:12:30 CET',
        'Received: from mail.sender.example (mail.sender.example [203.0.113.2])',
        '  by mx.example.org (Postfix) with ESMTP id 4dlPx for <u@example.org>; Mon, 5 Jan 2026 10:12:30 +0100 (CET)',
        'Received: from pc (pc [10.0.0.7]) by mail.sender.example (Postfix) with ESMTPSA id 4abc;',
        '  Mon, 5 Jan 2026 09:00:00 +0000',
        'From: a@sender.example',
        'Subject: Offer',
        '',
        'Hello',
      ].join('\n'),
    );
    expect(recognised).to.equal(true);
    expect(journey?.longest).to.deep.equal({
      waitedAt: 'mail.sender.example',
      takenBy: 'mx.example.org',
      seconds: 750,
    });
    expect(journey?.greylist?.seconds).to.equal(748);
    expect(journey?.answer.command).to.equal('greyprobe recommend --opens-by 748s');
  });

  it('keeps its contract for any bytes, and for any damage to known inputs', async () => {
    const seeds = [
      fixture('postfix-failed.eml'),
      fixture('exchange-2019.txt'),
      fixture('tracking.csv'),
      Buffer.from(EXCHANGE_2003),
      Buffer.from(postfixLine(0, '450 4.7.1 Greylisted')),
      Buffer.from('450-4.7.1 a\n450 4.7.1 b'),
    ];
    const damage = fc.record({
      seed: fc.constantFrom(...seeds),
      at: fc.nat(3000),
      bytes: fc.uint8Array({ maxLength: 20 }),
      drop: fc.nat(40),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(damage, fc.uint8Array({ maxLength: 300 })), async (input) => {
        if (input instanceof Uint8Array) {
          await explainBytes(Buffer.from(input)).catch(onlyDamagedGzip);
          return;
        }
        const at = input.at % input.seed.length;
        const bytes = [
          input.seed.subarray(0, at),
          input.bytes,
          input.seed.subarray(at + input.drop),
        ];
        await explainBytes(Buffer.concat(bytes)).catch(onlyDamagedGzip);
      }),
      { numRuns: 300 },
    );
  });
});

function onlyDamagedGzip(error: unknown): void {
  expect(error).to.include({ code: 'damaged-gzip' });
}

describe('explain, of words that mislead', () => {
  const report = (fields: string) =>
    [
      'From: postmaster@sender.example',
      'To: a@sender.example',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
      '',
      '--B',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns;mail.sender.example',
      '',
      'Final-Recipient: rfc822;user@example.org',
      'Action: delayed',
      fields,
      '',
      '--B--',
      '',
    ].join('\n');
  const first = async (text: string) => (await explainWords(text)).findings[0];

  it('tells a delay from a message that was given up', async () => {
    const finding = await first(report('Status: 4.4.7'));
    expect(finding).to.include({ fate: 'deferred', saidBy: 'mail.sender.example' });
    expect(finding?.happened).to.equal(
      'The sender tells of a delay. The message waits in the queue of the sender.',
    );
    expect(finding?.actions.join(' ')).to.not.match(/send the message again/iu);
  });

  it('takes the address after MAIL for the sender, and names no stranger to probe', async () => {
    const line =
      '2026-01-05 10:11:12 H=(x.example) [192.0.2.7] temporarily rejected MAIL <a@sender.example>: greylisted';
    expect(await first(line)).to.include({
      stage: 'mail',
      recipient: null,
      sender: 'a@sender.example',
      command: null,
    });
  });

  it('takes the domain in the words of Exchange for no mail host', async () => {
    const finding = await first(
      [
        'Generating server: EX01.sender.example',
        '',
        'user@example.org',
        'Remote Server at example.org (192.0.2.1) returned \'451 4.4.0 Primary target IP address responded with: "451 4.7.1 Greylisted." Attempted failover to alternate host, but that did not succeed.\'',
      ].join('\n'),
    );
    expect(finding).to.include({ remoteHost: null, remoteAddress: '192.0.2.1' });
    expect(finding?.command).to.contain('--host 192.0.2.1');
  });

  it('keeps a reply whole that quotes another one', async () => {
    const finding = await first(
      '450 4.1.1 <user@example.org>: Recipient address rejected: unverified address: host mx.example.org[192.0.2.1] said: 450 4.2.0 <user@example.org>: Recipient address rejected: Greylisted (in reply to RCPT TO command)',
    );
    expect(finding).to.include({ class: 'address-verification', remoteHost: null });
    expect(finding?.reply).to.include({ enhanced: '4.1.1' });
  });

  it('reads long runs of spaces in linear time', async () => {
    const spaces = ' '.repeat(200_000);
    const started = performance.now();
    for (const text of [
      `450 4.2.0 hi${spaces}x`,
      report(`Diagnostic-Code: smtp; 451 4.7.1 hi${spaces}x`),
      `Generating server: EX01.sender.example\n\nuser@example.org\n#< #4.7.1 smtp;450 4.7.1 hi${spaces}x> #SMTP#`,
      `<mail.sender.example #4.7.1 smtp;450 4.7.1 hi${spaces}x>`,
    ]) {
      await explainWords(text);
    }
    expect(performance.now() - started).to.be.below(3000);
  });
});
