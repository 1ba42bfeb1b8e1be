import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import type { ReceivedResult } from '../../../../src/contract/observe-result.js';
import { observe } from '../../../../src/tasks/observe/observe.js';

const REFUSED = (time: string, sender: string, recipient: string) =>
  `2026-11-30 ${time} H=(mx.sender.example) [192.0.2.25] F=<${sender}> temporarily rejected RCPT <${recipient}>: greylisted.`;
const TAKEN = (time: string, id: string, sender: string) =>
  `2026-11-30 ${time} ${id} <= ${sender} H=(mx.sender.example) [192.0.2.25] P=esmtp S=570`;
const DELIVERED = (time: string, id: string, to: string) =>
  `2026-11-30 ${time} ${id} => ${to} R=local T=maildir_home`;

/** The logs of a mail server that asks a greylister which logs nothing itself. */
describe('the log of an Exim that greylists', () => {
  async function receivedOf(lines: readonly string[]): Promise<ReceivedResult | null> {
    const folder = await mkdtemp(join(tmpdir(), 'greyprobe-observe-'));
    const file = join(folder, 'mainlog');
    await writeFile(file, `${lines.join('\n')}\n`);
    const all = { since: null, until: null, host: null, top: 20, anonymise: false };
    const options = { ...all, forSender: null, set: [], logs: [file] };
    const { received } = await observe(options, Readable.from([]));
    await rm(folder, { recursive: true });
    return received;
  }

  it('tells who came back: mail that was taken from a client that it had refused', async () => {
    const received = await receivedOf([
      REFUSED('10:00:00', 'a@sender.example', 'u@ours.example'),
      REFUSED('10:00:01', 'b@sender.example', 'u@ours.example'),
      TAKEN('10:05:00', '1xY8tb-000399-1J', 'a@sender.example'),
      DELIVERED('10:05:00', '1xY8tb-000399-1J', 'u <u@ours.example>'),
    ]);
    expect(received).deep.include({ triplets: 2, passed: 1, delaySeconds: 300 });
  });

  it('takes an alias for whom it was written to, and no mail to somebody else for a pass', async () => {
    const received = await receivedOf([
      REFUSED('10:00:00', 'a@sender.example', 'info@ours.example'),
      TAKEN('10:01:00', '1xY8tb-000398-1J', 'a@sender.example'),
      DELIVERED('10:01:00', '1xY8tb-000398-1J', 'v <v@ours.example>'),
      TAKEN('10:05:00', '1xY8tb-000399-1J', 'a@sender.example'),
      DELIVERED('10:05:00', '1xY8tb-000399-1J', 'u@else.example <info@ours.example>'),
    ]);
    expect(received).deep.include({ triplets: 1, passed: 1, delaySeconds: 300 });
  });
});
