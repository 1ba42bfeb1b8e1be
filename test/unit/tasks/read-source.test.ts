import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { buildResult } from '../../../src/contract/build-result.js';
import type { HostsResult } from '../../../src/contract/hosts-result.js';
import type { Report } from '../../../src/contract/report.js';
import type { ProbeEvent } from '../../../src/core/run/events.js';
import { foldEvents } from '../../../src/core/run/state.js';
import { GreyprobeError } from '../../../src/model/errors.js';
import { FORMAT_NAMES, FORMATS } from '../../../src/report/formats/index.js';
import { PLAIN } from '../../../src/report/text/style.js';
import { greylists } from '../../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../../src/sandbox/models/index.js';
import { failed, notJudged, passed } from '../../../src/tasks/check/judgement.js';
import { readReportSource } from '../../../src/tasks/read-source.js';
import { ONE_SENDER, virtualRun } from '../core/run/support/virtual-run.js';
import { everyEvent, otherEvents, textOf, VERSION } from '../edges/journal/support/events.js';
import { temporaryFolder } from '../edges/journal/support/folder.js';
import { checkOf, judgements, measuredResult, target } from '../report/formats/support/reports.js';

describe('what report is to show', () => {
  const folder = temporaryFolder();
  let live: Report;
  let events: readonly ProbeEvent[];

  before(async () => {
    const run = await virtualRun(greylists({ ...POSTGREY_LIKE, delaySeconds: 300 }));
    events = run.events;
    live = { kind: 'probes', results: [buildResult(run.state, VERSION)] };
  });

  const fileOf = (content: string | Buffer, name = 'some.file'): string => {
    const path = join(folder(), name);
    writeFileSync(path, content);
    return path;
  };
  const read = (source: string) => readReportSource(source, folder());
  const problemWith = (source: string): Promise<GreyprobeError> =>
    read(source).then(
      () => {
        throw new Error('it was read');
      },
      (error: unknown) => {
        if (error instanceof GreyprobeError) return error;
        throw error;
      },
    );
  const rendered = async (report: Report) =>
    Promise.all(FORMAT_NAMES.map(async (name) => (await FORMATS[name]()).render(report, PLAIN)));

  describe('a journal', () => {
    it('is rendered in every format as the live run was', async () => {
      mkdirSync(join(folder(), 'runs'));
      fileOf(textOf(events), join('runs', 'run.jsonl'));
      const path = fileOf(textOf(events));
      for (const source of ['run', path]) {
        expect(await rendered(await read(source)), source).to.deep.equal(await rendered(live));
      }
    });

    it('may be packed, or come from tools that change line ends and add a mark', async () => {
      const journal = textOf(events);
      for (const content of [
        gzipSync(journal),
        journal.replaceAll('\n', '\r\n'),
        `\ufeff${journal}`,
        Buffer.from(`\ufeff${journal}`, 'utf16le'),
      ]) {
        expect(await read(fileOf(content))).to.deep.equal(live);
      }
    });

    it('of a newer format is refused, and one that never began is told as that', async () => {
      const newer = { journal: 'greyprobe.journal.v2', version: '9.0.0' };
      expect((await problemWith(fileOf(textOf(everyEvent(), newer)))).code).to.equal(
        'journal-too-new',
      );
      expect((await problemWith(fileOf('{"journal":"greyprobe.j'))).code).to.equal('journal-empty');
    });

    it('that is damaged is named with its line', async () => {
      const path = fileOf(textOf(everyEvent()).replace('session-started', 'session-begun'));
      const { code, message } = await problemWith(path);
      expect(code).to.equal('journal-damaged');
      expect(message).to.contain(path).and.to.contain('line 4');
    });
  });

  it('can be what --format json wrote of a check, of all hosts, or of a probe', async () => {
    const result = await measuredResult();
    const hosts: HostsResult = {
      schema: 'greyprobe.hosts-result.v1',
      target: result.target,
      hosts: [result, result],
      sharing: [],
      warnings: [{ code: 'nolisting', message: 'The first host is closed.' }],
    };
    const reports: readonly Report[] = [
      checkOf(target(result, judgements())),
      { kind: 'hosts', result: hosts },
      { kind: 'probes', results: [result] },
      { kind: 'probes', results: [result, result] },
    ];
    for (const report of reports) {
      const written = fileOf((await FORMATS.json()).render(report, PLAIN));
      expect(await rendered(await read(written)), report.kind).to.deep.equal(
        await rendered(report),
      );
    }
  });

  it('keeps the order of properties, so that JSON is the same byte for byte', async () => {
    const all = {
      key: true,
      closingAgesSeconds: [600],
      sourceAddresses: ['192.0.2.7', '192.0.2.8'],
    };
    const runs = [
      await virtualRun(greylists({ ...POSTGREY_LIKE, delaySeconds: 300 }), all),
      await virtualRun(greylists({ ...POSTGREY_LIKE, delaySeconds: 9000 }), {
        senders: ONE_SENDER,
      }),
      await virtualRun({}),
    ];
    const subject = { expectation: 'verdict', expected: 'greylisted' };
    const [failedHosts] = otherEvents();
    const states = [
      ...runs.map(({ state }) => state),
      foldEvents([...everyEvent().slice(0, 1), failedHosts].filter((one) => one !== undefined)),
      foldEvents(everyEvent().slice(0, -1)),
    ].filter((state) => state !== null);
    const reports = states.flatMap((state): readonly Report[] => {
      const result = buildResult(state, VERSION);
      return [
        { kind: 'probes', results: [result] },
        checkOf(
          target(result, [
            passed(subject, 'it was', { run: 'run' }),
            failed(subject, 'it was not'),
            notJudged(subject, 'throttled', 'it was throttled'),
          ]),
        ),
      ];
    });
    for (const report of reports) {
      const json = (await FORMATS.json()).render(report, PLAIN);
      const read = await readReportSource(fileOf(json), null);
      expect((await FORMATS.json()).render(read, PLAIN)).to.equal(json);
    }
  });

  it('is said to be missing: a file where a path was written, else a run', async () => {
    for (const source of ['no-such.json', 'no/such/file', join(folder(), 'x')]) {
      const problem = await problemWith(source);
      expect(problem.code).to.equal('cannot-read-file');
      expect(problem.message).to.contain(source);
    }
    expect((await problemWith('zzzz')).code).to.equal('unknown-run');
  });

  it('is said to be a folder where it is one', async () => {
    const problem = await problemWith(folder());
    expect(problem.message).to.equal(`${folder()} cannot be read: it is a folder.`);
    expect(problem.code).to.equal('cannot-read-file');
  });

  it('is no fault of greyprobe when it is neither journal nor result', async () => {
    for (const content of ['', 'hello\n', '{}', '[]', '{"schema":"else"}', '\0\0\0']) {
      expect((await problemWith(fileOf(content))).code, content).to.equal('not-a-result');
    }
    expect((await problemWith(`${folder()}\0`)).code).to.equal('cannot-read-file');
  });
});
