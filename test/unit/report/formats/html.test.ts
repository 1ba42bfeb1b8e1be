import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Report } from '../../../../src/contract/report.js';
import { html } from '../../../../src/report/formats/html.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { SCREEN } from '../../../../src/report/view.js';
import { subjectOfProbe, toRecommendResult } from '../../../../src/tasks/recommend/recommend.js';
import { HOSTILE, obeyed } from '../../../support/hostile-words.js';
import {
  checkOf,
  HOSTILE_TEXTS,
  hostileCheck,
  hostileProbes,
  judgement,
  judgements,
  measuredResult,
  probes,
  target,
} from './support/reports.js';
import { errorsIn } from './support/well-formed.js';

/** The elements with the names of their attributes, in order; styles and scripts are texts. */
function skeleton(page: string): string {
  const elements = page
    .replace(/(<style>|<script>)[^<]*/gu, '$1')
    .matchAll(/<([a-z]\w*)([^>]*)>/gu);
  return [...elements]
    .map(([, name, attributes = '']) =>
      [name, ...[...attributes.matchAll(/ ([\w:-]+)="/gu)].map(([, one]) => one)].join(' '),
    )
    .join('\n');
}

const render = (report: Report) => html.render(report, PLAIN);

describe('the html format', () => {
  it('is a page with the answer, the picture, what to set, the evidence and the replies', async () => {
    const result = await measuredResult();
    const page = render(probes(result));
    expect(await errorsIn(page)).to.deep.equal([]);
    expect(page).to.match(/^<!DOCTYPE html>\n<html lang="en">/u);
    expect(page).to.contain('<h1>mx.example.org [192.0.2.1] greylists (Postgrey).</h1>');
    expect(page).to.contain('confirmed: what it did proves it</li>');
    expect(page).to.match(/A retry passes after [\d.]+ to 30\d s, counted from the first try\./u);
    expect(page).to.match(/\/v GlitchRetrySeconds \/t REG_DWORD \/d 3\d\d \/f/u);
    expect(page).to.match(/>Postfix: by itself after 5 to 1\d min; nothing to set\./u);
    expect(page.match(/<svg /gu)).to.have.length(2);
    expect(page.match(/<tr>/gu)).to.have.length(result.attempts.length + 1);
    expect(page).to.contain('<code>450 4.2.0 &lt;user@example.org&gt;: Recipient address rejected');
  });

  it('lets run its own style and script alone, by hashes that are right', async () => {
    const page = render(probes(await measuredResult()));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/u.exec(page)?.[1] ?? '';
    expect(
      policy
        .replaceAll('&apos;', "'")
        .replace(/sha256-[^']+/gu, 'HASH')
        .split('; '),
    ).to.deep.equal([
      "default-src 'none'",
      "style-src 'HASH'",
      "script-src 'HASH'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    for (const name of ['style', 'script']) {
      const [, text = '', ...others] = page.split(new RegExp(`<${name}>|</${name}>`, 'u'));
      expect(others).to.have.length(1);
      expect(policy).to.contain(`sha256-${createHash('sha256').update(text).digest('base64')}`);
    }
  });

  it('loads nothing and links nothing', async () => {
    const result = await measuredResult();
    for (const report of [probes(result), checkOf(target(result, judgements()))]) {
      const page = render(report);
      expect(page).not.to.match(/ (?:href|src|srcset|action|poster|style|on\w+)="/u);
      expect(page).not.to.match(/@import|url\(|@font-face/u);
      const links = [...page.replaceAll(/>[^<]*</gu, '><').matchAll(/https?:[^"]*/gu)].flat();
      expect([...new Set(links)]).to.deep.equal(['http://www.w3.org/2000/svg']);
    }
  });

  it('is given no element and no attribute by any word of a host', async () => {
    const result = await measuredResult();
    const texts = [...HOSTILE_TEXTS, ...Object.values(HOSTILE)].filter((text) => text !== '');
    const harmless = texts.map(() => 'x');
    for (const report of [hostileCheck, hostileProbes]) {
      const page = render(report(result, texts));
      expect(skeleton(page)).to.equal(skeleton(render(report(result, harmless))));
      expect(obeyed(page)).to.equal(null);
    }
  });

  it('tells of a check what failed first, and why known-bad targets are not judged', async () => {
    const result = await measuredResult();
    const bad = {
      ...target(result, [{ ...judgement('not-judged', 'later'), reason: 'suppressed' }], 'known'),
      suppressed: { until: '2026-12-31', reason: 'moves in January' },
    };
    const report = checkOf(target(result, judgements('here'), 'branch'), bad);
    const page = render(report);
    expect(page).to.contain('<h1>Check failed: 2 targets</h1>');
    const outcomes = page.matchAll(/<strong class="\w+">(failed|not judged|passed)</gu);
    expect([...outcomes].map(([, outcome]) => outcome)).to.deep.equal([
      'failed',
      'not judged',
      'not judged',
      'passed',
    ]);
    expect(page).to.contain('later (suppressed until 2026-12-31: moves in January)');
    const failed = html.render(report, PLAIN, { ...SCREEN, only: ['failed'] });
    expect(failed).not.to.contain('moves in January');
  });

  it('shows a recommendation with what to paste for each sender', async () => {
    const result = await measuredResult(1_500);
    const choice = { names: 'exchange-2003,postfix', schedule: undefined, settings: [] };
    const recommended = toRecommendResult(subjectOfProbe(result, false), choice);
    const page = html.renderRecommended?.(recommended, PLAIN) ?? '';
    expect(await errorsIn(page)).to.deep.equal([]);
    expect(page).to.match(/<h1>A window that opens after 2[45] min /u);
    expect(page).to.contain('<strong>Postfix: by itself after ');
    expect(page.match(/<div class="copy">/gu)).to.have.length.of.at.least(2);
  });

  it('names those first who were asked about', async () => {
    const result = { ...(await measuredResult()), for: ['postfix'] };
    const page = render(probes(result));
    expect(page).to.match(/<strong>Your Postfix gets through by itself.*Exchange 2000\/2003/su);
  });
});
