import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import * as v from 'valibot';
import Explain from '../../../../src/commands/explain.js';
import { ExplainResultSchema } from '../../../../src/contract/explain-result.js';
import { explain, explainText } from '../../../../src/tasks/explain/explain.js';
import { explainRequest } from '../../../../src/tasks/explain/from-input.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../../fixtures/explain/', import.meta.url));

async function run(...argv: string[]) {
  const config = await Config.load({ root: ROOT });
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    const output = await captureOutput(() => Explain.run(argv, config), { stripAnsi: true });
    return { ...output, exit: process.exitCode };
  } finally {
    process.exitCode = before;
  }
}

describe('greyprobe explain', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'greyprobe-explain-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('explains a reply, with or without quotes around it', async () => {
    const quoted = await run('450 4.7.1 Greylisted, come back later');
    expect(quoted.exit).to.equal(0);
    expect(quoted.stdout).to.match(/Class +greylisting/);
    const words = await run('450', '4.7.1', 'Greylisted,', 'come', 'back', 'later');
    expect(words.stdout).to.equal(quoted.stdout);
  });

  it('keeps its contract under --json', async () => {
    const { stdout, exit } = await run('--file', join(FIXTURES, 'postfix-failed.eml'), '--json');
    const result = v.parse(ExplainResultSchema, JSON.parse(stdout));
    expect(result.findings).to.have.length(2);
    expect(exit).to.equal(0);
  });

  it('ends with 3 when nothing was recognised', async () => {
    const { stdout, exit } = await run('hello');
    expect(exit).to.equal(3);
    expect(stdout).to.match(/^Note: +Nothing in the input/);
  });

  it('says so when the text is the name of a file that is not there', async () => {
    expect((await run('bounce.eml')).stdout).to.match(/no\s+file 'bounce\.eml'/);
  });

  it('reads files by their names, the oldest first, and patterns', async () => {
    const line = (day: number, words: string) =>
      `Jan  ${day} 10:00:00 mail postfix/smtp[1]: 4dlPx: to=<u@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=4.7.1, ${words}\n`;
    const refused =
      'status=deferred (host mx.example.org[192.0.2.1] said: 450 4.7.1 Greylisted (in reply to RCPT TO command))';
    writeFileSync(join(folder, 'mail.log'), line(6, 'status=sent (250 Ok)'));
    writeFileSync(join(folder, 'mail.log.1'), line(5, refused));
    for (const argv of [
      [join(folder, 'mail.log'), join(folder, 'mail.log.1')],
      [join(folder, 'mail.log*')],
      ['-f', join(folder, 'mail.log'), '-f', join(folder, 'mail.log.1')],
    ]) {
      const { stdout } = await run(...argv, '--json');
      const result = v.parse(ExplainResultSchema, JSON.parse(stdout));
      expect(result.input.files?.map((path) => path.slice(-5))).to.deep.equal(['log.1', 'l.log']);
      expect(result.findings[0]).to.deep.include({ fate: 'delivered' });
    }
  });

  for (const [name, file, reason] of [
    ['a missing file', 'missing.eml', /no such file/],
    ['a directory', '.', /it is a folder/],
  ] as const) {
    it(`ends with 2 for ${name}`, async () => {
      const { stdout, stderr, exit } = await run('--file', join(folder, file));
      expect(exit).to.equal(2);
      expect(stderr).to.match(reason);
      expect(stderr).to.not.match(/\n\s+at /);
      expect(stdout).to.equal('');
    });
  }

  it('ends with 2 for a text and a file at once', async () => {
    writeFileSync(join(folder, 'a.txt'), '450 x');
    expect((await run('450 x', '--file', join(folder, 'a.txt'))).exit).to.equal(2);
  });

  it('recognises nothing in an empty file', async () => {
    writeFileSync(join(folder, 'empty'), '');
    const { stdout, exit } = await run('--file', join(folder, 'empty'));
    expect(exit).to.equal(3);
    expect(stdout).to.match(/empty/);
  });

  it('lists the catalogue in 80 columns', async () => {
    const { stdout, exit } = await run('--catalogue');
    expect(exit).to.equal(0);
    expect(stdout).to.match(/^postgrey +5 min +2 d +Postgrey/m);
    for (const line of stdout.split('\n')) expect(line.length, line).to.be.at.most(80);
  });

  it('gives the whole catalogue under --json', async () => {
    const listed = JSON.parse((await run('--catalogue', '--json')).stdout);
    expect(listed.schema).to.equal('greyprobe.catalogue.v1');
    expect(listed.entries.length).to.be.at.least(100);
  });

  it('shows one entry, and the nearest ids for one that is unknown', async () => {
    const { stdout } = await run('--id', 'postgrey');
    expect(stdout).to.match(/Delay +5 min/);
    for (const line of stdout.split('\n')) expect(line.length, line).to.be.at.most(80);
    const unknown = await run('--id', 'postgray');
    expect(unknown.exit).to.equal(2);
    expect(unknown.stderr).to.match(/Near it: postgrey/);
  });
});

describe('what explain prints to go on with', () => {
  it('has the domain of the sender, where another line of the log names it', async () => {
    const { findings } = await explainText(
      [
        'Jan  5 10:00:00 mail postfix/qmgr[9]: 4dlPx: from=<a@sender.example>, size=265, nrcpt=1 (queue active)',
        'Jan  5 10:00:01 mail postfix/smtp[1]: 4dlPx: to=<u@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=4.7.1, status=deferred (host mx.example.org[192.0.2.1] said: 450 4.7.1 Greylisted (in reply to RCPT TO command))',
      ].join('\n'),
      { name: 'text' },
    );
    expect(findings[0]).to.include({
      sender: 'a@sender.example',
      command:
        'greyprobe probe u@example.org --host mx.example.org --from "{nonce}@sender.example"',
    });
  });

  it('names the file that another program has to read first', async () => {
    const packed = Readable.from([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])]);
    const { warnings } = await explain(packed, { name: 'mail log.xz' });
    expect(warnings.map(({ message }) => message)).to.deep.equal([
      'This is XZ data. Unpack it on the way: xzcat "mail log.xz" | greyprobe explain -',
    ]);
  });
});

describe('explainRequest', () => {
  const request = { words: [], files: [], format: null, top: 10 };

  it('reads standard input for nothing and for a hyphen', async () => {
    for (const text of ['', '-']) {
      const stdin = Readable.from([Buffer.from('450 4.7.1 Grey'), Buffer.from('listed')]);
      const result = await explainRequest({ ...request, words: text === '' ? [] : [text] }, stdin);
      expect(result.input).to.include({ name: 'stdin', bytes: 20 });
      expect(result.recognised).to.equal(true);
    }
  });

  it('asks to paste at a terminal, and reads what is pasted', async () => {
    const terminal = Object.assign(Readable.from([Buffer.from('450 4.7.1 Greylisted\n')]), {
      isTTY: true,
    });
    let asked = 0;
    const result = await explainRequest(request, terminal, () => {
      asked += 1;
    });
    expect(asked).to.equal(1);
    expect(result.findings[0]).to.include({ class: 'greylisting' });
  });
});
