import { expect } from 'chai';
import type { Report } from '../../../../src/contract/report.js';
import { svg } from '../../../../src/report/formats/svg.js';
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
import { errorsIn } from './support/well-formed.js';

const render = (report: Report) => svg.render(report, PLAIN);

describe('the svg format', () => {
  it('is one picture with its title, whatever was measured', async () => {
    const result = await measuredResult();
    const never = { ...result, attempts: [], window: null, advice: null };
    const reports = [
      probes(result),
      probes(never),
      probes(result, never),
      checkOf(target(result, judgements(), 'branch'), target(never, [], 'other')),
    ];
    for (const report of reports) {
      const picture = render(report);
      expect(await errorsIn(picture)).to.deep.equal([]);
      expect(picture).to.match(
        /^<svg [^>]*role="img" aria-labelledby="picture-title picture-desc">/u,
      );
      expect(picture).not.to.match(/NaN|Infinity|undefined|<script| href=| on\w+=/u);
    }
  });

  it('gives each target of a check a row with its window', async () => {
    const quick = await measuredResult(60);
    const slow = await measuredResult(600);
    const picture = render(checkOf(target(quick, [], 'branch'), target(slow, [], 'head office')));
    expect(picture).to.contain('>branch</text>');
    expect(picture).to.contain('>head office</text>');
    expect(picture.match(/class="gp-edge"/gu)).to.have.length(2);
  });

  it('is broken by no hostile text', async () => {
    const result = await measuredResult();
    for (const report of [hostileCheck, hostileProbes]) {
      expect(await errorsIn(render(report(result, HOSTILE_TEXTS)))).to.deep.equal([]);
    }
  });
});
