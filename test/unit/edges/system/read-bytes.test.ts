import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { readInput, readSmallFile } from '../../../../src/edges/system/read-bytes.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { temporaryFolder } from '../journal/support/folder.js';

const KIB = 1024;

describe('reading an input whole', () => {
  const folder = temporaryFolder();
  const read = (path: string, stdin: readonly string[] = [], mostBytes = KIB * KIB) =>
    readInput({ path, stdin: Readable.from(stdin), mostBytes, next: [] });
  const problemOf = async (reading: Promise<unknown>): Promise<GreyprobeError> => {
    try {
      await reading;
    } catch (error) {
      if (error instanceof GreyprobeError) return error;
      throw error;
    }
    throw new Error('it was read');
  };

  it('takes a file or standard input, packed, or in UTF-16 as Windows writes it', async () => {
    const utf16 = Buffer.from('\ufeff{"é":1}', 'utf16le');
    for (const content of ['{"é":1}', '\ufeff{"é":1}', gzipSync('{"é":1}'), utf16]) {
      const path = join(folder(), 'some');
      writeFileSync(path, content);
      expect((await read(path)).toString('utf8')).to.equal('{"é":1}');
    }
    expect((await read('-', ['{"é"', ':1}'])).toString('utf8')).to.equal('{"é":1}');
  });

  it('says in one wording which file cannot be read, why, and what to do', async () => {
    symlinkSync('loop', join(folder(), 'loop'));
    const cases = [
      [
        'none',
        'there is no such file or folder',
        'Check the name, and the folder that it is looked for in.',
      ],
      ['.', 'it is a folder', 'Name a file.'],
      ['loop', 'its links go round in a circle', undefined],
      ['x'.repeat(300), 'its name is too long', undefined],
      ['a\0b', 'no file can have such a name', undefined],
    ] as const;
    for (const [name, reason, next] of cases) {
      const path = `${folder()}/${name}`;
      const problem = await problemOf(read(path));
      expect(problem.message).to.equal(`${path.replace('\0', '\\x00')} cannot be read: ${reason}.`);
      expect(problem.suggestions[0]).to.equal(next);
      expect([problem.code, problem.exit]).to.deep.equal(['cannot-read-file', 2]);
    }
    expect((await problemOf(read(''))).message).to.match(/^'' cannot be read: /u);
  });

  it('bounds what was unpacked, of a file and of standard input', async () => {
    const path = join(folder(), 'bomb.gz');
    writeFileSync(path, gzipSync(Buffer.alloc(2 * KIB * KIB)));
    expect((await problemOf(read(path))).message).to.equal(
      `${path} cannot be read: it is larger than 1 MiB.`,
    );
    expect((await problemOf(read('-', ['x'.repeat(KIB * KIB), 'y']))).message).to.equal(
      'Standard input cannot be read: it is larger than 1 MiB.',
    );
    expect(await read('-', ['x'.repeat(KIB * KIB)])).to.have.lengthOf(KIB * KIB);
  });

  it('bounds a small file, also one that tells no size', () => {
    const path = join(folder(), 'small');
    writeFileSync(path, 'x'.repeat(KIB * KIB));
    expect(readSmallFile(path, KIB * KIB)).to.have.lengthOf(KIB * KIB);
    for (const long of [path, '/dev/zero']) {
      expect(() => readSmallFile(long, KIB * KIB - 1)).to.throw(RangeError, 'it is larger than');
    }
  });
});
