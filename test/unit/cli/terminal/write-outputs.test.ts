import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  eventLines,
  proveOutputs,
  writeOutputs,
} from '../../../../src/cli/terminal/write-outputs.js';
import { proveWritable, writeFileWhole } from '../../../../src/edges/system/write-file.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import {
  checkOf,
  judgement,
  measuredResult,
  probes,
  target,
} from '../../report/formats/support/reports.js';

async function codeOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (error) {
    if (error instanceof GreyprobeError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('writeOutputs', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'greyprobe-outputs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes each format to its place, and leaves no temporary file', async () => {
    const file = join(folder, 'report.xml');
    writeFileSync(file, 'what was there before');
    let out = '';
    await writeOutputs(
      [
        { format: 'tap', file: null },
        { format: 'junit', file },
      ],
      probes(await measuredResult()),
      (text) => {
        out += text;
      },
    );

    expect(out).to.match(/^TAP version 14\n/u);
    expect(readFileSync(file, 'utf8')).to.match(/^<\?xml .*<\/testsuites>\n$/su);
    expect(readdirSync(folder)).to.deep.equal(['report.xml']);
  });

  it('keeps the old file and says so when the new one cannot be written', async () => {
    const file = join(folder, 'taken');
    mkdirSync(file);
    const outputs = [{ format: 'csv' as const, file }];
    const written = writeOutputs(outputs, probes(await measuredResult()), () => undefined);

    expect(await codeOf(written)).to.equal('output-failed');
    expect(readdirSync(folder)).to.deep.equal(['taken']);
  });

  it('writes through a link to the file behind it, and to devices as they are', async () => {
    const file = join(folder, 'real.csv');
    const link = join(folder, 'link.csv');
    writeFileSync(file, 'old');
    symlinkSync(file, link);
    await writeFileWhole(link, 'new');
    await proveWritable('/dev/null');
    await writeFileWhole('/dev/null', 'nothing');

    expect(readFileSync(file, 'utf8')).to.equal('new');
    expect(lstatSync(link).isSymbolicLink()).to.equal(true);
    expect(lstatSync('/dev/null').isCharacterDevice()).to.equal(true);
    expect(readdirSync(folder).sort()).to.deep.equal(['link.csv', 'real.csv']);
  });

  it('tells before a run that a file could not be written after it', async () => {
    const missing = [{ format: 'csv' as const, file: join(folder, 'no', 'such', 'folder.csv') }];

    expect(await codeOf(proveOutputs(missing))).to.equal('output-failed');
    expect(await codeOf(proveOutputs([{ format: 'csv', file: folder }]))).to.equal('output-failed');
    await proveOutputs([{ format: 'csv', file: join(folder, 'new.csv') }]);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('takes the exit code of nagios only where it stands on standard output', async () => {
    const report = checkOf(target(await measuredResult(), [judgement('failed', 'x')]));
    const file = join(folder, 'nagios.txt');

    expect(await writeOutputs([{ format: 'nagios', file: null }], report, () => {})).to.equal(2);
    expect(await writeOutputs([{ format: 'nagios', file }], report, () => {})).to.equal(null);
    expect(await writeOutputs([{ format: 'json', file: null }], report, () => {})).to.equal(null);
  });
});

describe('eventLines', () => {
  const event = {
    type: 'session-ended',
    session: 1,
    at: { segment: 0, monotonicMs: 0, wallMs: 0 },
  } as const;
  const line = { run: 'the-run', type: 'session-ended', time: '1970-01-01T00:00:00.000Z' };

  it('writes a line for each event at once where ndjson goes to standard output', async () => {
    let out = '';
    const events = await eventLines([{ format: 'ndjson', file: null }], (text) => {
      out += text;
    });
    events?.add('the-run', event);

    expect(events?.shown).to.equal(true);
    expect(JSON.parse(out)).to.include(line);
  });

  it('keeps them for a file, before the result', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'greyprobe-events-'));
    const file = join(folder, 'events.ndjson');
    const outputs = [{ format: 'ndjson', file }] as const;
    const silent = () => expect.fail('wrote to standard output');
    const events = await eventLines(outputs, silent);
    events?.add('the-run', event);
    const report = { kind: 'probes', results: [await measuredResult()] } as const;
    await writeOutputs(outputs, report, silent, { events });

    expect(events?.shown).to.equal(false);
    const [first = '', last = '', ...rest] = readFileSync(file, 'utf8').trimEnd().split('\n');
    rmSync(folder, { recursive: true });
    expect(JSON.parse(first)).to.include(line);
    expect(JSON.parse(last)).to.include({ schema: 'greyprobe.probe-result.v1' });
    expect(rest).to.deep.equal([]);
  });

  it('is not there for other formats', async () => {
    expect(await eventLines([{ format: 'json', file: null }], () => undefined)).to.equal(null);
  });
});
