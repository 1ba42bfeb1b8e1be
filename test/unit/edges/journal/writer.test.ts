import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Disk, systemDisk } from '../../../../src/edges/journal/disk.js';
import { readJournal } from '../../../../src/edges/journal/reader.js';
import { createJournal, openJournal } from '../../../../src/edges/journal/writer.js';
import { EXIT } from '../../../../src/model/exit-codes.js';
import { at, everyEvent, VERSION } from './support/events.js';
import { temporaryFolder } from './support/folder.js';
import { problemOf } from './support/problem.js';

/** A disk that takes so many bytes and is full then; it notes what it was asked for. */
function smallDisk(room: number): Disk & { readonly calls: string[] } {
  let left = room;
  const calls: string[] = [];
  return {
    calls,
    write(fd, bytes) {
      calls.push('write');
      if (left === 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      const taken = systemDisk.write(fd, bytes.subarray(0, left));
      left -= taken;
      return taken;
    },
    sync(fd) {
      calls.push('sync');
      systemDisk.sync(fd);
    },
    async syncMeanwhile(fd) {
      calls.push('sync');
      await systemDisk.syncMeanwhile(fd);
    },
  };
}

const PROBED = 256 * 1024;
const HEADER_BYTES = `{"journal":"greyprobe.journal.v1","version":"${VERSION}"}\n`.length;

describe('writing a journal', () => {
  const folder = temporaryFolder();
  const [start, resolved] = everyEvent();

  it('has each event on the disk before it resolves', async () => {
    const disk = smallDisk(Number.MAX_SAFE_INTEGER);
    const journal = createJournal(folder(), 'run', { version: VERSION, disk });
    disk.calls.length = 0;
    if (start === undefined) throw new Error('no event');
    const kept = journal.append(start);
    expect(disk.calls).to.deep.equal(['write']);
    await kept;
    expect(disk.calls).to.deep.equal(['write', 'sync']);
    expect(readJournal(journal.path).events).to.deep.equal([start]);
    journal.close();
  });

  it('goes on where the system takes a few bytes at a time', () => {
    const slow: Disk = {
      ...systemDisk,
      write: (fd, bytes) => systemDisk.write(fd, bytes.subarray(0, 1000)),
    };
    const journal = createJournal(folder(), 'run', { version: VERSION, disk: slow });
    for (const event of everyEvent()) journal.append(event);
    expect(readJournal(journal.path).events).to.deep.equal(everyEvent());
    journal.close();
  });

  it('is for the eyes of its owner only', function () {
    // Windows keeps others out of the profile folder by other means than modes.
    if (process.platform === 'win32') this.skip();
    const runs = join(folder(), 'state', 'runs');
    const journal = createJournal(runs, 'run', { version: VERSION });
    journal.close();
    expect(statSync(runs).mode & 0o777).to.equal(0o700);
    expect(statSync(journal.path).mode & 0o777).to.equal(0o600);
  });

  it('never takes the place of another', () => {
    createJournal(folder(), 'run', { version: VERSION }).close();
    const before = readFileSync(join(folder(), 'run.jsonl'), 'utf8');
    const problem = problemOf(() => createJournal(folder(), 'run', { version: 'other' }));
    expect(problem.code).to.equal('run-exists');
    expect(readFileSync(join(folder(), 'run.jsonl'), 'utf8')).to.equal(before);
  });

  it('leaves nothing behind but itself', () => {
    createJournal(folder(), 'run', { version: VERSION }).close();
    expect(readdirSync(folder())).to.deep.equal(['run.jsonl']);
  });

  it('says at once when the folder cannot be', () => {
    writeFileSync(join(folder(), 'file'), '');
    const problem = problemOf(() =>
      createJournal(join(folder(), 'file', 'runs'), 'run', { version: VERSION }),
    );
    expect(problem.code).to.equal('state-folder-unusable');
    expect(problem.exit).to.equal(EXIT.usage);
    expect(problem.suggestions.join(' ')).to.contain('--state-dir');
  });

  for (const room of [0, 1000, PROBED - 1, PROBED, PROBED + HEADER_BYTES - 1]) {
    it(`says at once when the disk is full after ${room} bytes, and leaves nothing`, () => {
      const act = () => createJournal(folder(), 'run', { version: VERSION, disk: smallDisk(room) });
      const problem = problemOf(act);
      expect(problem.code).to.equal('state-folder-unusable');
      expect(problem.message).to.contain('the disk is full');
      expect(readdirSync(folder())).to.deep.equal([]);
    });
  }

  it('fails for good when a write fails during the run, and what was kept stays readable', () => {
    if (start === undefined || resolved === undefined) throw new Error('no event');
    const line = Buffer.byteLength(JSON.stringify(start)) + 1;
    const disk = smallDisk(PROBED + HEADER_BYTES + line + 30);
    const journal = createJournal(folder(), 'run', { version: VERSION, disk });
    journal.append(start);
    const problem = problemOf(() => journal.append(resolved));
    expect(problem.code).to.equal('journal-write-failed');
    expect(problem.exit).to.equal(EXIT.machineLimit);
    expect(problemOf(() => journal.append(resolved))).to.equal(problem);
    journal.close();
    expect(readJournal(journal.path))
      .to.include({ torn: true })
      .and.to.have.deep.property('events', [start]);
  });

  it('fails when the disk cannot sync', async () => {
    if (start === undefined) throw new Error('no event');
    let broken = false;
    const disk: Disk = {
      ...systemDisk,
      async syncMeanwhile(fd) {
        if (broken) throw Object.assign(new Error('input/output'), { code: 'EIO' });
        await systemDisk.syncMeanwhile(fd);
      },
    };
    const journal = createJournal(folder(), 'run', { version: VERSION, disk });
    broken = true;
    const problem = await journal.append(start).catch((error: unknown) => error);
    expect(problem).to.have.property('message').that.contains('the disk failed');
    expect(problemOf(() => journal.append(start))).to.equal(problem);
    journal.close();
  });

  it('syncs the events of one moment together', async () => {
    const disk = smallDisk(Number.MAX_SAFE_INTEGER);
    const journal = createJournal(folder(), 'run', { version: VERSION, disk });
    disk.calls.length = 0;
    await Promise.all(everyEvent().map((event) => journal.append(event)));
    expect(disk.calls.filter((call) => call === 'sync')).to.have.length(1);
    journal.close();
  });

  describe('of many runs', () => {
    it('writes what comes in one turn at once, and before it is synced', async () => {
      const disk = smallDisk(Number.MAX_SAFE_INTEGER);
      const journal = createJournal(folder(), 'run', { version: VERSION, disk, isOfMany: true });
      disk.calls.length = 0;
      if (start === undefined || resolved === undefined) throw new Error('no event');
      const kept = [journal.append(start), journal.append(resolved)];
      expect(disk.calls).to.deep.equal([]);
      await Promise.all(kept);
      expect(disk.calls).to.deep.equal(['write', 'sync']);
      expect(readJournal(journal.path).events).to.deep.equal([start, resolved]);
      journal.close();
    });

    it('writes what is left when it is closed', () => {
      const journal = createJournal(folder(), 'run', { version: VERSION, isOfMany: true });
      if (start === undefined) throw new Error('no event');
      void journal.append(start).catch(() => {});
      journal.close();
      expect(readJournal(journal.path).events).to.deep.equal([start]);
    });

    it('tells all who wait that a write failed, and those who come later', async () => {
      const disk = smallDisk(PROBED + HEADER_BYTES);
      const journal = createJournal(folder(), 'run', { version: VERSION, disk, isOfMany: true });
      if (start === undefined || resolved === undefined) throw new Error('no event');
      const kept = await Promise.allSettled([journal.append(start), journal.append(resolved)]);
      expect(kept.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
      expect(problemOf(() => void journal.append(start)).code).to.equal('journal-write-failed');
      expect(disk.calls.at(-1)).to.equal('write');
      journal.close();
    });
  });

  it('takes nothing after it was closed', () => {
    if (start === undefined) throw new Error('no event');
    const journal = createJournal(folder(), 'run', { version: VERSION });
    journal.close();
    journal.close();
    expect(problemOf(() => journal.append(start)).code).to.equal('journal-write-failed');
  });

  it('goes on at the end of what is there', () => {
    const first = createJournal(folder(), 'run', { version: VERSION });
    for (const event of everyEvent().slice(0, 9)) first.append(event);
    first.close();
    const second = openJournal(first.path);
    for (const event of everyEvent().slice(9)) second.append(event);
    second.close();
    expect(readJournal(first.path)).to.deep.include({ events: everyEvent(), torn: false });
  });

  it('leaves a torn line as it is and goes on below it', () => {
    if (start === undefined) throw new Error('no event');
    const path = join(folder(), 'run.jsonl');
    const before = `{"journal":"greyprobe.journal.v1","version":"1"}\n${JSON.stringify(start)}\n{"type":"ho`;
    writeFileSync(path, before);
    const journal = openJournal(path);
    journal.append({ type: 'run-resumed', at: at(9, 1), warnings: [] });
    journal.close();
    expect(readFileSync(path, 'utf8').startsWith(`${before}\n`)).to.equal(true);
    expect(readJournal(path).events.map((event) => event.type)).to.deep.equal([
      'run-started',
      'run-resumed',
    ]);
  });

  it('makes sure that there is room before a run goes on, and that a killed try is in nobody’s way', () => {
    const { path } = createJournal(folder(), 'run', { version: VERSION });
    writeFileSync(join(folder(), '.room-run'), 'left by a process that was killed');
    for (const room of [0, 1000, PROBED - 1]) {
      const problem = problemOf(() => openJournal(path, { disk: smallDisk(room) }));
      expect(problem.code).to.equal('state-folder-unusable');
      expect(problem.exit).to.equal(EXIT.machineLimit);
      expect(problem.suggestions.at(-1)).to.contain('is kept');
    }
    openJournal(path).close();
    expect(readdirSync(folder())).to.deep.equal(['run.jsonl']);
  });

  it('opens nothing that is not there', () => {
    mkdirSync(join(folder(), 'run.jsonl'));
    expect(problemOf(() => openJournal(join(folder(), 'run.jsonl'))).code).to.equal(
      'state-folder-unusable',
    );
    expect(problemOf(() => openJournal(join(folder(), 'none.jsonl'))).code).to.equal(
      'state-folder-unusable',
    );
    expect(readdirSync(folder())).to.deep.equal(['run.jsonl']);
  });
});
