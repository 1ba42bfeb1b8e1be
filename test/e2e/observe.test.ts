import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as v from 'valibot';
import { ObserveResultSchema } from '../../src/contract/observe-result.js';
import { hasPseudoTerminals, onTerminal } from './support/pseudo-terminal.js';
import { parsedJson } from './support/schemas.js';
import { EXACT, useWorld } from './support/world.js';

const REFUSED =
  'deferred (host mx.grey.example[127.0.25.1] said: 450 4.2.0 Greylisted (in reply to RCPT TO command))';

/** A Postfix whose mail `grey.example` refused, and let in 310 s later. */
const LOG = [
  line('10:00:00', 'qmgr', '4ABC1: from=<a@sender.example>, size=1, nrcpt=1 (queue active)'),
  line('10:00:01', 'smtp', delivery('user@grey.example', 1, REFUSED)),
  line('10:05:10', 'qmgr', '4ABC1: from=<a@sender.example>, size=1, nrcpt=1 (queue active)'),
  line('10:05:11', 'smtp', delivery('user@grey.example', 311, 'sent (250 2.0.0 Ok)')),
];

function line(time: string, daemon: string, words: string): string {
  return `2026-05-04T${time}+00:00 mail postfix/${daemon}[7]: ${words}\n`;
}

function delivery(to: string, delay: number, status: string): string {
  return `4ABC1: to=<${to}>, relay=mx.grey.example[127.0.25.1]:25, delay=${delay}, delays=0/0/0/0, dsn=4.0.0, status=${status}`;
}

const CTRL_C = '\u0003';
const ASKS = 'Probe this host? No message is sent.';

describe('greyprobe observe --probe', () => {
  const world = useWorld({ policy: { ...EXACT, delaySeconds: 2 }, address: '127.0.25.1' });
  let log: string;

  before(function () {
    if (!hasPseudoTerminals()) this.skip();
    log = join(world().folder, 'mail.log');
    writeFileSync(log, LOG.join(''));
  });

  /** By one probe where it says so, at a folder of its own: limits of manners hold over all runs of one. */
  const observe = (name: string, words: readonly string[], answer: string, ...more: Answer[]) =>
    onTerminal(
      ['observe', log, '--probe', '1', '--port', String(world().sandbox.smtpPort), ...words],
      { ...world().env, GREYPROBE_STATE_DIR: join(world().folder, name) },
      [[ASKS, answer], ...more],
    );
  type Answer = readonly [string, string];

  it('asks, probes the host that the log leaves open, and says both windows beside each other', async () => {
    const file = join(world().folder, 'told.json');
    const words = ['--host', 'grey.example', '--retry-at', '1s,3s'];
    const { code, text } = await observe('yes', [...words, '-o', file], 'y\r');

    expect(code, text).equal(0);
    expect(text).contain('mx.grey.example: as {nonce}@sender.example to user@grey.example');
    expect(text).match(
      /^mail host +by the log +by the probe +verdict\nmx\.grey\.example +less than 311 s +[\d.]+ to [\d.]+ s +greylisted, confirmed\n/mu,
    );
    expect(text).match(/^ +greyprobe report [a-z]{4}\n/mu);
    const { sent } = v.parse(
      ObserveResultSchema,
      parsedJson('observe-result.v1', readFileSync(file, 'utf8')),
    );
    const probed = sent?.hosts[0]?.probed;
    expect(probed?.verdict).include({ kind: 'greylisted', confidence: 'confirmed' });
    expect(probed?.window?.opens.bySeconds).within(2, 4.5);
    expect(world().decisions).not.length(0);
  });

  it('asks nobody else where the answer is no', async () => {
    const before = world().decisions.length;
    const { code, text } = await observe('no', ['--host', 'grey.example'], 'n\r');

    expect(code, text).equal(0);
    expect(text).contain('less than 311 s').and.not.contain('by the probe');
    expect(world().decisions).length(before);
  });

  it('ends as interrupted where the question is left', async () => {
    const { code, text } = await observe('left', ['--host', 'grey.example'], CTRL_C);
    expect(code, text).equal(130);
    expect(text).contain('Error: Interrupted: nobody was probed, nothing was sent.');
  });

  it('by Ctrl-C while it probes: says what is known, and how to go on', async () => {
    const words = ['--host', 'grey.example', '--retry-at', '20s'];
    const { code, text } = await observe('stopped', words, 'y\r', ['waiting', CTRL_C]);
    expect(code, text).equal(130);
    expect(text).match(/mx\.grey\.example +less than 311 s +.* greylisted, (?:likely|possible)\n/u);
    expect(text).match(/^ {2}greyprobe resume [a-z]{4}\n/mu);
  });

  it('refuses at once where nobody can be asked', async () => {
    const { code, stdout, stderr } = await world().run('observe', log, '--probe', '1');
    expect([code, stdout]).deep.equal([2, '']);
    expect(stderr).match(/^Error: --probe asks before it connects to anybody/u);
  });
});
