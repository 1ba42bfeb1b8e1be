import { expect } from 'chai';
import fc from 'fast-check';
import { type FinalResults, Parser, type Result } from 'tap-parser';
import { tap } from '../../../../src/report/formats/tap.js';
import { visible } from '../../../../src/report/formats/visible.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import {
  checkOf,
  HOSTILE_TEXTS,
  hostileCheck,
  hostileProbes,
  judgements,
  measuredResult,
  probes,
  target,
} from './support/reports.js';

interface Read {
  readonly points: readonly Result[];
  readonly results: FinalResults;
  /** Lines that are no TAP. */
  readonly strangers: readonly string[];
  readonly version: number;
}

async function read(text: string): Promise<Read> {
  const points: Result[] = [];
  const strangers: string[] = [];
  let version = 0;
  const results = await new Promise<FinalResults>((resolve) => {
    const parser = new Parser({ strict: true }, resolve);
    parser.on('assert', (point: Result) => points.push(point));
    parser.on('extra', (line: string) => strangers.push(line));
    parser.on('version', (value: number) => {
      version = value;
    });
    parser.end(text);
  });
  return { points, results, strangers, version };
}

describe('the tap format', () => {
  it('keeps the three outcomes apart', async () => {
    const text = tap.render(checkOf(target(await measuredResult(), judgements())), PLAIN);
    const { points, results, strangers, version } = await read(text);

    expect(version).to.equal(14);
    expect(strangers).to.deep.equal([]);
    expect(points.map(({ ok, skip }) => [ok, Boolean(skip)])).to.deep.equal([
      [true, false],
      [false, false],
      [true, true],
    ]);
    expect(points[2]?.skip).to.equal('not judged: throttled');
    expect(results.failures.map(({ tapError }) => tapError)).to.deep.equal([null]);
  });

  it('gives all values of a failure as YAML', async () => {
    const { points } = await read(
      tap.render(checkOf(target(await measuredResult(), judgements())), PLAIN),
    );

    expect(points[1]?.diag).to.deep.include({
      expected: 'some text',
      found: 'some text',
      values: { opensBySeconds: 302.5, opensAfterSeconds: null, said: 'some text', tls: true },
    });
  });

  it('holds no character that YAML does not take', async () => {
    const text = tap.render(hostileCheck(await measuredResult(), HOSTILE_TEXTS), PLAIN);

    // c-printable of YAML 1.2, without the tab and the marks that terminals obey.
    expect(text).to.match(/^[\n\x20-\x7e\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u);
  });

  it('shows a probe as one test point', async () => {
    const { results } = await read(tap.render(probes(await measuredResult()), PLAIN));

    expect(results.ok).to.equal(true);
    expect([results.count, results.pass]).to.deep.equal([1, 1]);
  });

  it('is broken by no hostile text', async () => {
    const result = await measuredResult();
    const { points, strangers, results } = await read(
      tap.render(hostileCheck(result, HOSTILE_TEXTS), PLAIN),
    );

    expect(strangers).to.deep.equal([]);
    expect(results.bailout).to.equal(false);
    expect(results.skip).to.equal(HOSTILE_TEXTS.length);
    expect(results.todo).to.equal(0);
    expect(results.failures.flatMap(({ tapError }) => tapError ?? [])).to.deep.equal([]);
    expect(points).to.have.length(3 * HOSTILE_TEXTS.length);
    for (const [index, text] of HOSTILE_TEXTS.entries()) {
      expect(points[3 * index + 1]?.diag).to.deep.include({ found: text });
      expect(points[3 * index + 1]?.name).to.contain(visible(text).trim());
    }
    const several = await read(tap.render(hostileProbes(result, HOSTILE_TEXTS), PLAIN));
    expect(several.results.ok).to.equal(true);
  });

  it('is broken by no random text', async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), 100);
    const { points, strangers, results } = await read(
      tap.render(hostileCheck(await measuredResult(), texts), PLAIN),
    );

    expect(strangers).to.deep.equal([]);
    expect([points.length, results.fail, results.skip]).to.deep.equal([300, 100, 100]);
  });
});
