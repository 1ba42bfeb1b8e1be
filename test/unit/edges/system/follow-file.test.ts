import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { followFile } from '../../../../src/edges/system/follow-file.js';

describe('a file that grows', () => {
  let folder = '';
  let path = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'greyprobe-follow-'));
    path = join(folder, 'mail.log');
    await writeFile(path, 'one\n');
  });

  afterEach(() => rm(folder, { recursive: true }));

  /** What is read where each of these is done when the end was reached. */
  async function read(...steps: readonly (() => Promise<unknown>)[]): Promise<string> {
    const left = [...steps];
    let text = '';
    const waitForMore = async () => {
      const step = left.shift();
      await step?.();
      return step !== undefined;
    };
    for await (const chunk of followFile(path, waitForMore)) text += chunk.toString();
    return text;
  }

  it('is read on', async () => {
    expect(
      await read(
        () => appendFile(path, 'two\n'),
        () => appendFile(path, 'three\n'),
      ),
    ).equal('one\ntwo\nthree\n');
  });

  it('is read to its end when it is rotated by its name, and then the new one', async () => {
    const rotate = async () => {
      await rename(path, `${path}.1`);
      await appendFile(`${path}.1`, 'late\n');
      await writeFile(path, 'new\n');
    };
    expect(await read(rotate, () => appendFile(path, 'two\n'))).equal('one\nlate\nnew\ntwo\n');
  });

  it('waits for the new one', async () => {
    const away = () => rename(path, `${path}.1`);
    expect(await read(away, () => writeFile(path, 'new\n'))).equal('one\nnew\n');
  });

  it('is read from its beginning when it is cut off in place', async () => {
    const cut = async () => {
      await truncate(path);
      await appendFile(path, 'a\n');
    };
    expect(await read(cut)).equal('one\na\n');
  });

  it('cannot be read where it is not', async () => {
    path = join(folder, 'none');
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).property('code', 'cannot-read-file');
  });
});
