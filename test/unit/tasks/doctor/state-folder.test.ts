import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemDisk } from '../../../../src/edges/journal/disk.js';
import { usageError } from '../../../../src/model/errors.js';
import { diagnoseStateFolder, tryFolder } from '../../../../src/tasks/doctor/state-folder.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';

describe('tryFolder', () => {
  const root = temporaryFolder();

  it('leaves a folder as it was', () => {
    const folder = join(root(), 'runs');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.jsonl'), '');

    expect(tryFolder(() => folder)).to.deep.equal({ kind: 'writable', folder });
    expect(readdirSync(folder)).to.deep.equal(['a.jsonl']);
  });

  it('removes the folders that it made, and no others', () => {
    mkdirSync(join(root(), 'state'));
    const folder = join(root(), 'state', 'greyprobe', 'runs');

    expect(tryFolder(() => folder).kind).to.equal('writable');
    expect(readdirSync(join(root(), 'state'))).to.deep.equal([]);
    expect(existsSync(root())).to.equal(true);
  });

  it('says why a folder cannot be used', () => {
    writeFileSync(join(root(), 'file'), '');
    const folder = join(root(), 'file', 'runs');

    const trial = tryFolder(() => folder);

    expect(trial).to.deep.equal({
      kind: 'unusable',
      folder,
      reason: 'a part of the path is not a folder',
    });
    expect(diagnoseStateFolder(trial)).to.deep.include({
      outcome: 'failed',
      found: `Runs cannot be kept in ${folder}: a part of the path is not a folder.`,
    });
  });

  it('says so when it may not write', function () {
    // The superuser may write anywhere, so there is nothing to see.
    if (process.getuid?.() === 0) this.skip();
    chmodSync(root(), 0o500);
    expect(tryFolder(() => join(root(), 'runs'))).to.include({ reason: 'permission denied' });
    chmodSync(root(), 0o700);
  });

  it('leaves nothing behind on a disk that is full', () => {
    const folder = join(root(), 'runs');
    const full = {
      ...systemDisk,
      write: () => {
        throw Object.assign(new Error('write'), { code: 'ENOSPC' });
      },
    };

    expect(tryFolder(() => folder, full)).to.include({ reason: 'the disk is full' });
    expect(readdirSync(root())).to.deep.equal([]);
  });

  it('ends where the system makes no folders', function () {
    if (!existsSync('/proc/self')) this.skip(); // Linux only
    expect(tryFolder(() => '/proc/nowhere/runs')).to.include({ kind: 'unusable' });
  });

  it('says so where there is no place for a folder', () => {
    const trial = tryFolder(() => {
      throw usageError('no-state-folder', 'There is no home folder.');
    });
    expect(diagnoseStateFolder(trial)).to.deep.include({
      outcome: 'failed',
      found: 'There is no home folder.',
    });
  });
});
