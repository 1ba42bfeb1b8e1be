import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type LockOptions, lockHolder, lockRun } from '../../../../src/edges/journal/lock.js';
import {
  type ProcessIdentity,
  thisProcess,
} from '../../../../src/edges/journal/process-identity.js';
import { temporaryFolder } from './support/folder.js';
import { problemOf } from './support/problem.js';

const CONTENDER = fileURLToPath(new URL('support/lock-contender.ts', import.meta.url));

const process1: ProcessIdentity = { pid: 101, host: 'one', place: 'boot ns', start: '1' };
const process2: ProcessIdentity = { pid: 102, host: 'one', place: 'boot ns', start: '2' };

describe('locking a run', () => {
  const folder = temporaryFolder();
  const journal = () => join(folder(), 'run.jsonl');
  const lockFile = () => join(folder(), 'run.lock');
  const as = (self: ProcessIdentity, alive: (holder: ProcessIdentity) => boolean): LockOptions => ({
    self,
    alive,
    nowWallMs: () => Date.UTC(2026, 10, 23, 19, 45),
  });
  const everyone = () => true;
  const nobody = () => false;

  it('keeps another process out, and says who has it and since when', () => {
    const lock = lockRun(journal(), as(process1, everyone));
    const problem = problemOf(() => lockRun(journal(), as(process2, everyone)));
    expect(problem.code).to.equal('run-is-locked');
    expect(problem.message).to.contain('process 101 on one, since 2026-11-23T19:45:00.000Z');
    lock.check();
    lock.release();
  });

  it('keeps the same process out a second time', () => {
    const lock = lockRun(journal());
    expect(problemOf(() => lockRun(journal())).message).to.contain(`process ${process.pid} `);
    lock.release();
  });

  it('is one lock, also for a symbolic link to the journal', () => {
    writeFileSync(journal(), '');
    const link = join(folder(), 'link.jsonl');
    symlinkSync(journal(), link);
    const lock = lockRun(journal(), as(process1, everyone));
    expect(problemOf(() => lockRun(link, as(process2, everyone))).code).to.equal('run-is-locked');
    lock.release();
  });

  it('is free after its release, which may be said twice', () => {
    const lock = lockRun(journal(), as(process1, everyone));
    lock.release();
    lock.release();
    expect(lockHolder(journal())).to.equal(null);
    lockRun(journal(), as(process2, everyone)).release();
  });

  it('is not held by a process that is gone', () => {
    const lost = lockRun(journal(), as(process1, nobody));
    const lock = lockRun(journal(), as(process2, nobody));
    lock.check();
    expect(problemOf(() => lost.check()).code).to.equal('run-lock-lost');
    lost.release();
    lock.check();
    expect(lockHolder(journal(), as(process1, everyone))?.process).to.deep.equal(process2);
    lock.release();
  });

  it('is lost by whoever decided on the same moment and came second', () => {
    lockRun(journal(), as(process1, nobody));
    const rivals: string[] = [];
    // The rival takes the run between the moment when this one looks and the one when it takes.
    const lock = () =>
      lockRun(journal(), {
        ...as(process2, everyone),
        alive: (holder) => {
          if (holder.pid !== 101) return true;
          if (rivals.length === 0) {
            rivals.push('took it');
            lockRun(journal(), as({ ...process1, pid: 103 }, nobody));
          }
          return false;
        },
      });
    expect(problemOf(lock).message).to.contain('process 103');
  });

  it('passes over lines that a dying process left half written', () => {
    lockRun(journal(), as(process1, everyone)).release();
    appendFileSync(lockFile(), '\n{"what":"take","id":"x","aft');
    const lock = lockRun(journal(), as(process2, everyone));
    lock.check();
    lock.release();
  });

  it('can be taken when the lock file is rubbish', () => {
    writeFileSync(lockFile(), 'rubbish\n[]\n{"what":"take"}\n');
    lockRun(journal(), as(process1, everyone)).check();
  });

  it('removes and rewrites nothing', () => {
    lockRun(journal(), as(process1, everyone)).release();
    const before = readFileSync(lockFile(), 'utf8');
    lockRun(journal(), as(process2, everyone)).release();
    expect(readFileSync(lockFile(), 'utf8').startsWith(before)).to.equal(true);
  });

  it('says so when the folder is not there', () => {
    const problem = problemOf(() => lockRun(join(folder(), 'none', 'run.jsonl')));
    expect(problem.code).to.equal('state-folder-unusable');
  });

  describe('among processes', () => {
    const children: ChildProcess[] = [];

    afterEach(async () => {
      for (const child of children.splice(0)) await ended(child);
    });

    async function ended(child: ChildProcess): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }

    async function contender(shot: string) {
      const child = spawn(process.execPath, ['--import=tsx', CONTENDER, journal(), shot], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      children.push(child);
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      expect((await lines.next()).value).to.equal('ready');
      return { child, says: async () => String((await lines.next()).value) };
    }

    it('lets one of several win, again and again, also over the dead', async () => {
      for (const round of [1, 2]) {
        const shot = join(folder(), `shot-${round}`);
        const all = await Promise.all([1, 2, 3].map(() => contender(shot)));
        writeFileSync(shot, '');
        const said = await Promise.all(all.map(({ says }) => says()));
        const winner = all[said.indexOf('got it')];
        expect(said.filter((word) => word === 'got it')).to.have.length(1);
        const others = said.filter((word) => word !== 'got it');
        for (const word of others) {
          expect(word).to.contain('run-is-locked').and.to.contain(`process ${winner?.child.pid} `);
        }
        expect(lockHolder(journal())?.process.pid).to.equal(winner?.child.pid);
        await Promise.all(all.map(({ child }) => ended(child)));
        expect(lockHolder(journal())).to.equal(null);
      }
    });
  });

  it('is not mistaken for that of a process with the same number', function () {
    const self = thisProcess();
    // Elsewhere a start time cannot be read, and signs of life decide.
    if (self.start === null) this.skip();
    lockRun(journal(), { self: { ...self, start: '1' } });
    expect(lockHolder(journal())).to.equal(null);
  });
});
