import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { foldEvents } from '../../../../src/core/run/state.js';
import { readJournal, streamJournal } from '../../../../src/edges/journal/reader.js';
import { createJournal, openJournal } from '../../../../src/edges/journal/writer.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';
import { at, everyEvent, HEADER, otherEvents, textOf, VERSION } from './support/events.js';
import { temporaryFolder } from './support/folder.js';
import { problemOf } from './support/problem.js';

describe('reading a journal', () => {
  const folder = temporaryFolder();
  const pathOf = (content: string | Buffer) => {
    const path = join(folder(), 'run.jsonl');
    writeFileSync(path, content);
    return path;
  };

  it('gives back what was written, every type of event', () => {
    const journal = createJournal(folder(), 'run', { version: VERSION });
    for (const event of everyEvent()) journal.append(event);
    journal.close();
    expect(readJournal(journal.path)).to.deep.equal({
      header: HEADER,
      events: everyEvent(),
      torn: false,
    });
  });

  it('reads hosts that failed and attempts without a reply', () => {
    const [failed, silent] = otherEvents();
    const [start, resolved, session, , , attempt] = everyEvent();
    for (const events of [
      [start, failed],
      [start, resolved, session, attempt, silent],
    ]) {
      expect(readJournal(pathOf(textOf(events))).events).to.deep.equal(events);
    }
  });

  it('drops properties that it does not know', () => {
    const [start] = everyEvent();
    expect(readJournal(pathOf(textOf([{ ...start, more: 1 }]))).events).to.deep.equal([start]);
  });

  describe('a line that was cut short', () => {
    it('is passed over at the end, and said', () => {
      const content = textOf(everyEvent());
      const { events, torn } = readJournal(pathOf(content.slice(0, -20)));
      expect(torn).to.equal(true);
      expect(events).to.deep.equal(everyEvent().slice(0, -1));
    });

    it('counts when only its line end is missing', () => {
      const { events, torn } = readJournal(pathOf(textOf(everyEvent()).slice(0, -1)));
      expect(torn).to.equal(false);
      expect(events).to.deep.equal(everyEvent());
    });

    it('may be zeros, as some file systems leave them after a power cut', () => {
      const content = Buffer.concat([Buffer.from(textOf(everyEvent())), Buffer.alloc(300)]);
      const { events, torn } = readJournal(pathOf(content));
      expect(torn).to.equal(true);
      expect(events).to.deep.equal(everyEvent());
    });

    it('is passed over before the run was resumed, however often that was tried', () => {
      const path = pathOf(textOf(everyEvent().slice(0, 4)));
      appendFileSync(path, '{"type":"host-pi');
      appendFileSync(path, '\n{"type":"run-res\n{"type"');
      const journal = openJournal(path);
      journal.append({ type: 'run-resumed', at: at(20, 1), warnings: [] });
      journal.append({ type: 'run-finished', at: at(21, 1), reason: 'answered' });
      journal.close();
      const { events, torn } = readJournal(path);
      expect(torn).to.equal(true);
      expect(events.map((event) => event.type)).to.deep.equal([
        'run-started',
        'hosts-resolved',
        'session-started',
        'session-opened',
        'run-resumed',
        'run-finished',
      ]);
    });

    it('is damage where the run simply goes on', () => {
      const lines = textOf(everyEvent()).split('\n');
      lines[3] = lines[3]?.slice(0, 30) ?? '';
      const problem = problemOf(() => readJournal(pathOf(lines.join('\n'))));
      expect(problem.code).to.equal('journal-damaged');
      expect(problem.message).to.contain('line 4:');
    });
  });

  describe('any other damage', () => {
    const types = everyEvent().map((event) => event.type);

    for (const [index, type] of types.entries()) {
      const line = index + 2;

      it(`is named by its line when a letter of ${type} is lost`, () => {
        const lines = textOf(everyEvent()).split('\n');
        lines[index + 1] = lines[index + 1]?.replace('"type":', '"type"') ?? '';
        const problem = problemOf(() => readJournal(pathOf(lines.join('\n'))));
        expect(problem.code).to.equal('journal-damaged');
        expect(problem.message).to.contain(`line ${line}:`);
      });

      it(`is named by its line when the time of ${type} is no number`, () => {
        const events = everyEvent().map((event, n) =>
          n === index ? { ...event, at: { ...event.at, wallMs: 'noon' } } : event,
        );
        const problem = problemOf(() => readJournal(pathOf(textOf(events))));
        expect(problem.code).to.equal('journal-damaged');
        expect(problem.message).to.contain(`line ${line}: at.wallMs: expected number`);
      });

      it(`is noticed when ${type} is there twice`, () => {
        const events = everyEvent().flatMap((event, n) => (n === index ? [event, event] : [event]));
        const problem = problemOf(() => readJournal(pathOf(textOf(events))));
        expect(problem.message).to.contain(`line ${line + 1}:`);
      });
    }

    it('is noticed wherever a line of a run is missing, there twice, or in the wrong place', async () => {
      const { events } = await virtualRun(greylists({ ...PLAIN_POLICY, delaySeconds: 120 }));
      // Without its last line a run is one that was killed.
      for (const [n, event] of [...events.entries()].slice(0, -1)) {
        const before = events.slice(0, n);
        const after = events.slice(n + 1);
        for (const damaged of [
          [...before, ...after],
          [...before, event, event, ...after],
          [...before, after[0], event, ...after.slice(1)],
        ]) {
          const problem = problemOf(() => readJournal(pathOf(textOf(damaged))));
          expect(problem.code, `line ${n + 2}, ${event.type}`).to.equal('journal-damaged');
        }
      }
    });

    it('cannot be told from a kill where the run was resumed below it', () => {
      const events = everyEvent().filter(({ type }) => type !== 'run-paused');
      expect(readJournal(pathOf(textOf(events))).events).to.deep.equal(events);
    });

    it('is noticed when an attempt ends with both a reply and a failure', () => {
      const events = everyEvent().map((event) =>
        event.type === 'attempt-finished'
          ? { ...event, failure: { code: 'timeout', message: 'No answer.' } }
          : event,
      );
      expect(problemOf(() => readJournal(pathOf(textOf(events)))).message).to.contain('line 8:');
    });

    it('is noticed when bytes are not UTF-8', () => {
      const content = Buffer.from(textOf(everyEvent()));
      content[content.indexOf('ü')] = 0xff;
      expect(problemOf(() => readJournal(pathOf(content))).message).to.contain('line 8:');
    });

    it('leaves the file as it is', () => {
      const content = textOf([...everyEvent(), { type: 'nonsense' }]);
      const path = pathOf(content);
      problemOf(() => readJournal(path));
      expect(readFileSync(path, 'utf8')).to.equal(content);
    });
  });

  describe('the header', () => {
    it('of a newer format is refused with a clear word', () => {
      const path = pathOf(textOf(everyEvent(), { journal: 'greyprobe.journal.v2', version: '9' }));
      const problem = problemOf(() => readJournal(path));
      expect(problem.code).to.equal('journal-too-new');
      expect(problem.message).to.contain('format 2');
    });

    it('tells other files from journals', () => {
      for (const content of [
        'hello\n',
        '{"journal":"else"}\n',
        '[]\n',
        '{"type":"run-started"}\n',
      ]) {
        const problem = problemOf(() => readJournal(pathOf(content)));
        expect(problem.code, content).to.equal('not-a-journal');
      }
    });

    it('that is missing or torn means that nothing began', () => {
      for (const content of ['', '{"journal":"grey', '\0\0\0']) {
        const problem = problemOf(() => readJournal(pathOf(content)));
        expect(problem.code, content).to.equal('journal-empty');
      }
    });
  });

  it('says so when there is no such file, or it is a folder', () => {
    expect(problemOf(() => readJournal(join(folder(), 'none.jsonl'))).code).to.equal(
      'cannot-read-file',
    );
    expect(problemOf(() => readJournal(folder())).code).to.equal('cannot-read-file');
  });

  it('does not wait for a named pipe', function () {
    const path = join(folder(), 'pipe.jsonl');
    if (spawnSync('mkfifo', [path]).status !== 0) this.skip();
    expect(problemOf(() => readJournal(path)).code).to.equal('cannot-read-file');
  });

  it('does not take in a line without end', () => {
    const path = pathOf(`${JSON.stringify(HEADER)}\n{"type":"${'x'.repeat(9 * 1024 * 1024)}`);
    expect(problemOf(() => readJournal(path)).code).to.equal('cannot-read-file');
  });

  it('cut at any byte says what a prefix of the events says', async () => {
    const { events } = await virtualRun(greylists({ ...PLAIN_POLICY, delaySeconds: 120 }));
    const content = Buffer.from(textOf([...events]));
    const first = content.indexOf('\n') + 1;
    fc.assert(
      fc.property(fc.nat(content.length), (cut) => {
        const path = pathOf(content.subarray(0, cut));
        if (cut < first - 1) {
          expect(problemOf(() => readJournal(path)).code).to.equal('journal-empty');
          return;
        }
        const read = readJournal(path);
        const whole = content.subarray(first, cut).toString('utf8').split('\n');
        const complete = whole.length - 1 + (isJson(whole.at(-1) ?? '') ? 1 : 0);
        expect(read.events).to.deep.equal(events.slice(0, complete));
        expect(foldEvents(read.events)).to.deep.equal(foldEvents(events.slice(0, complete)));
      }),
      { numRuns: 150 },
    );
  });

  it('can be streamed, and knows at the end whether a line was torn', () => {
    const stream = streamJournal(pathOf(textOf(everyEvent()).slice(0, -5)));
    expect([...stream]).to.have.length(everyEvent().length - 1);
    expect(stream.torn).to.equal(true);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
