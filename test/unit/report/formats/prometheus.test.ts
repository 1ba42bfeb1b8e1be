import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { prometheus } from '../../../../src/report/formats/prometheus.js';
import { visible } from '../../../../src/report/formats/visible.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { readMetrics } from './support/metrics.js';
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

describe('the prometheus format', () => {
  it('gives the window, the verdict and the time of the run', async () => {
    const result = await measuredResult();
    const read = readMetrics(prometheus.render(probes(result), PLAIN));

    expect(read.valuesOf('greyprobe_window_opens_by_seconds')).to.deep.equal([
      result.window?.opens.bySeconds,
    ]);
    expect(read.valuesOf('greyprobe_last_run_timestamp_seconds')).to.deep.equal([
      Date.parse(result.finishedAt ?? '') / 1000,
    ]);
    expect(read.samplesOf('greyprobe_verdict_info')[0]?.labels).to.include({
      recipient: 'user@example.org',
      verdict: 'greylisted',
      confidence: 'confirmed',
      host: 'mx.example.org',
    });
    expect(read.samplesOf('greyprobe_window_closes_by_seconds')).to.deep.equal([]);
  });

  it('keeps the three outcomes apart', async () => {
    const read = readMetrics(
      prometheus.render(checkOf(target(await measuredResult(), judgements())), PLAIN),
    );
    const told = read
      .samplesOf('greyprobe_check_outcome')
      .filter(({ value }) => value === 1)
      .map(({ labels }) => [labels['expectation'], labels['outcome']]);

    expect(told).to.deep.equal([
      ['expectation-passed', 'passed'],
      ['expectation-failed', 'failed'],
      ['expectation-not-judged', 'not-judged'],
    ]);
    expect(read.valuesOf('greyprobe_check_expectations')).to.deep.equal([1, 1, 1]);
  });

  it('never gives a series twice', async () => {
    const result = await measuredResult();

    readMetrics(prometheus.render(probes(result, result), PLAIN));
  });

  it('gives hostile text back as a label', async () => {
    const result = await measuredResult();
    const read = readMetrics(prometheus.render(hostileCheck(result, HOSTILE_TEXTS), PLAIN));

    const names = read.samplesOf('greyprobe_connections').map(({ labels }) => labels['target']);
    expect(names).to.deep.equal(HOSTILE_TEXTS.map((text, index) => visible(`${index} ${text}`)));
    readMetrics(prometheus.render(hostileProbes(result, HOSTILE_TEXTS), PLAIN));
  });

  it('is broken by no random text', async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 30 }), 100);
    const read = readMetrics(prometheus.render(hostileCheck(await measuredResult(), texts), PLAIN));

    expect(read.samplesOf('greyprobe_connections')).to.have.length(100);
  });

  // The parser above checks the same where promtool (Debian: prometheus) is not installed.
  it('passes promtool, where it is installed', async function () {
    if (spawnSync('promtool', ['--version']).error !== undefined) this.skip();
    const result = await measuredResult();
    for (const report of [probes(result), hostileCheck(result, HOSTILE_TEXTS)]) {
      const { status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], {
        input: prometheus.render(report, PLAIN),
        encoding: 'utf8',
      });
      expect([status, stdout, stderr]).to.deep.equal([0, '', '']);
    }
  });
});
