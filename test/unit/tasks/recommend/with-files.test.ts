import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as v from 'valibot';
import { RecommendResultSchema } from '../../../../src/contract/recommend-result.js';
import { SimulateSendersResultSchema } from '../../../../src/contract/simulate-senders-result.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import {
  type RecommendFlags,
  recommend,
  simulateSenders,
} from '../../../../src/tasks/recommend/with-files.js';

const FLAGS: RecommendFlags = {
  for: 'common',
  set: [],
  'restarts-timer': false,
  force: false,
};

const PROBE_RESULT = {
  schema: 'greyprobe.probe-result.v1',
  run: 'r1',
  version: '0.1.0',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:10:00Z',
  state: 'finished',
  reason: null,
  nextDueAt: null,
  target: { recipient: 'user@example.org', domain: 'example.org' },
  mailHosts: [],
  pinned: null,
  verdict: {
    kind: 'greylisted',
    confidence: 'confirmed',
    summary: 'Greylisted.',
    evidence: [],
    class: 'greylisting',
    implementation: null,
  },
  window: {
    opens: { afterSeconds: 290.1, bySeconds: 301.7 },
    closes: { afterSeconds: 301.5, bySeconds: null },
  },
  stated: null,
  attempts: [],
  advice: null,
  connections: 3,
  warnings: [],
};

async function* nothing(): AsyncGenerator<unknown> {
  // Nothing comes on standard input.
}

async function* inputOf(value: unknown): AsyncGenerator<unknown> {
  yield Buffer.from(JSON.stringify(value));
}

async function codeOf(running: Promise<unknown>): Promise<string> {
  try {
    await running;
  } catch (error) {
    if (error instanceof GreyprobeError) return `${error.code} ${error.exit}`;
    throw error;
  }
  return 'done';
}

describe('recommend', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'greyprobe-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const flags = (more: Partial<RecommendFlags>): RecommendFlags => ({ ...FLAGS, ...more });

  it('gives what its schema says', async () => {
    const result = await recommend(flags({ 'opens-by': '300s', 'closes-after': '4h' }), nothing());
    v.parse(RecommendResultSchema, JSON.parse(JSON.stringify(result)));
    expect(result.advice.exchange2003.glitchRetrySeconds).to.equal(310);
    expect(result.window.closes.afterSeconds).to.equal(14_400);
  });

  it('writes the registry file whole, and leaves nothing else behind', async () => {
    const reg = join(folder, 'greylist.reg');
    const result = await recommend(flags({ 'opens-by': '300s', reg }), nothing());
    expect(result.files).to.deep.equal([reg]);
    const text = (await readFile(reg)).toString('utf16le');
    expect(text).to.contain('"GlitchRetrySeconds"=dword:00000136\r\n');
    expect(await readdir(folder)).to.deep.equal(['greylist.reg']);
  });

  it('keeps a file that is there, unless forced', async () => {
    const reg = join(folder, 'greylist.reg');
    await writeFile(reg, 'mine');
    const asked = flags({ 'opens-by': '300s', reg });
    expect(await codeOf(recommend(asked, nothing()))).to.equal('file-exists 2');
    expect(await readFile(reg, 'utf8')).to.equal('mine');
    expect(await readdir(folder)).to.deep.equal(['greylist.reg']);
    await recommend({ ...asked, force: true }, nothing());
    expect((await readFile(reg)).subarray(0, 2)).to.deep.equal(Buffer.from([0xff, 0xfe]));
  });

  it('writes no file where there is no value', async () => {
    const reg = join(folder, 'none.reg');
    const asked = flags({ 'opens-by': '300s', 'closes-after': '310s', reg });
    expect(await codeOf(recommend(asked, nothing()))).to.equal('no-value 1');
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('writes both files or neither', async () => {
    const [reg, svg] = [join(folder, 'a.reg'), join(folder, 'b.svg')];
    const asked = flags({ 'opens-by': '300s', reg, svg });
    await writeFile(svg, 'mine');
    expect(await codeOf(recommend(asked, nothing()))).to.equal('file-exists 2');
    expect(await readdir(folder)).to.deep.equal(['b.svg']);

    const one = flags({ 'opens-by': '300s', reg, svg: join(folder, '.', 'a.reg') });
    expect(await codeOf(recommend(one, nothing()))).to.equal('output-taken-twice 2');

    const { files } = await recommend({ ...asked, force: true }, nothing());
    expect(files).to.deep.equal([reg, svg]);
    expect(await readdir(folder)).to.deep.equal(['a.reg', 'b.svg']);
  });

  it('takes no folder for a file, and names no temporary file', async () => {
    const message = async (reg: string) =>
      recommend(flags({ 'opens-by': '300s', reg }), nothing()).then(
        () => 'done',
        (error: unknown) => String(error instanceof Error ? error.message : error),
      );
    expect(await message(folder)).to.equal(`${folder} cannot be written: it is a folder.`);
    const nowhere = join(folder, 'no', 'file.reg');
    expect(await message(nowhere)).to.equal(
      `${nowhere} cannot be written: there is no folder ${join(folder, 'no')}.`,
    );
  });

  it('says where it cannot write', async () => {
    const reg = join(folder, 'no', 'such', 'folder.reg');
    expect(await codeOf(recommend(flags({ 'opens-by': '300s', reg }), nothing()))).to.equal(
      'output-failed 2',
    );
  });

  it('writes the picture', async () => {
    const svg = join(folder, 'retries.svg');
    await recommend(flags({ 'opens-by': '300s', svg }), nothing());
    expect(await readFile(svg, 'utf8')).to.match(/^<svg /u);
  });

  it('asks for a window', async () => {
    expect(await codeOf(recommend(FLAGS, nothing()))).to.equal('missing-window 2');
  });

  it('reads the result of a probe from a file and from standard input', async () => {
    const path = join(folder, 'result.json');
    await writeFile(path, JSON.stringify(PROBE_RESULT));
    const fromFile = await recommend(flags({ result: path, for: 'exim' }), nothing());
    expect(fromFile.advice.exchange2003.glitchRetrySeconds).to.equal(320);
    expect(fromFile.advice.exchange2003.closingAssumed).to.equal(true);
    async function* stdin(): AsyncGenerator<unknown> {
      const text = JSON.stringify(PROBE_RESULT);
      yield Buffer.from(text.slice(0, 50));
      yield Buffer.from(text.slice(50));
    }
    expect(await recommend(flags({ result: '-', for: 'exim' }), stdin())).to.deep.equal(fromFile);
  });

  it('takes from a result that early tries harm', async () => {
    const path = join(folder, 'result.json');
    const warnings = [{ code: 'early-retry-harms', message: 'Early tries harm.' }];
    await writeFile(path, JSON.stringify({ ...PROBE_RESULT, warnings }));
    expect((await recommend(flags({ result: path }), nothing())).restartsTimer).to.equal(true);
  });

  it('refuses what is no result, and a result without a window', async () => {
    const path = join(folder, 'result.json');
    const asked = flags({ result: path });
    expect(await codeOf(recommend(asked, nothing()))).to.equal('cannot-read-file 2');
    await writeFile(path, '{');
    expect(await codeOf(recommend(asked, nothing()))).to.equal('bad-result 2');
    await writeFile(path, '{"error":{}}');
    expect(await codeOf(recommend(asked, nothing()))).to.equal('bad-result 2');
    await writeFile(path, JSON.stringify({ ...PROBE_RESULT, window: null }));
    expect(await codeOf(recommend(asked, nothing()))).to.equal('no-window 3');
    expect(await codeOf(recommend(flags({ result: folder }), nothing()))).to.equal(
      'cannot-read-file 2',
    );
  });
});

describe('simulateSenders', () => {
  it('gives what its schema says, worst first', async () => {
    const result = await simulateSenders({ ...FLAGS, window: '25m..4h', for: 'all' }, nothing());
    v.parse(SimulateSendersResultSchema, JSON.parse(JSON.stringify(result)));
    expect(result.senders[0]?.verdict).to.be.oneOf(['never-lands', 'gives-up-first']);
    expect(result.window).to.deep.equal({ opensSeconds: 1500, closesSeconds: 14_400 });
  });

  it('takes the window that a probe measured; one that was not seen to close stays open for a day', async () => {
    const result = await simulateSenders({ ...FLAGS, result: '-' }, inputOf(PROBE_RESULT));
    expect(result.window).to.deep.equal({ opensSeconds: 301.7, closesSeconds: 86_400 });
    expect(result.assumptions[0]).to.contain('not seen to close');
  });

  it('says so where the probe saw no retry accepted, and where there is nothing to try', async () => {
    const unknown = { afterSeconds: null, bySeconds: null };
    const opens = { afterSeconds: 290, bySeconds: null };
    const measured = { ...PROBE_RESULT, window: { opens, closes: unknown } };
    expect(await codeOf(simulateSenders({ ...FLAGS, result: '-' }, inputOf(measured)))).to.equal(
      'no-window 3',
    );
    expect(await codeOf(simulateSenders(FLAGS, nothing()))).to.equal('nothing-to-simulate 2');
  });
});
