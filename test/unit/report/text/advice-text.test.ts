import { expect } from 'chai';
import { terminalColumns } from '../../../../src/cli/terminal/terminal-style.js';
import type { RecommendResult } from '../../../../src/contract/recommend-result.js';
import type { SenderAdvice } from '../../../../src/core/advice/sender-advice-schema.js';
import { SENDERS } from '../../../../src/core/advice/senders.js';
import { parseWindow } from '../../../../src/core/advice/window-text.js';
import { renderAdviceTimeline } from '../../../../src/report/picture/to-terminal.js';
import {
  renderRecommendation,
  renderSimulation,
  simulationPicture,
} from '../../../../src/report/text/advice-text.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { subjectOfEdges, toRecommendResult } from '../../../../src/tasks/recommend/recommend.js';
import { toSimulateSendersResult } from '../../../../src/tasks/recommend/simulate-senders.js';
import { expectToFit } from '../support/fits.js';

function recommendation(opensBy: string, closesAfter?: string, senders = 'common') {
  const subject = subjectOfEdges(
    { opensBy, opensAfter: undefined, closesAfter, closesBy: undefined },
    false,
  );
  return toRecommendResult(subject, { names: senders, settings: [] });
}

function simulated(window: string, names: string) {
  const subject = { window: parseWindow(window), restartsTimer: false };
  return toSimulateSendersResult(subject, { names, settings: [] });
}

/** True for the lines of a registry command or of a configuration file, which stay whole. */
function pasted({ registry, senders }: Pasted): (line: string) => boolean {
  const commands = [registry?.regExe, registry?.powerShell, registry?.restart];
  const settings = senders.map(({ remedy }) => remedy?.paste);
  const lines = new Set(
    [...commands, ...settings].flatMap((some) => some?.map((line) => line.trim()) ?? []),
  );
  return (line) => lines.has(line.trim());
}

interface Pasted {
  readonly registry?: RecommendResult['registry'];
  readonly senders: readonly SenderAdvice[];
}

const WINDOWS = ['1s..2s', '20s..35d', '60s..24h', '300s..48h', '25m..4h', '1h..90m', '3d..9d'];

describe('renderRecommendation', () => {
  const text = renderRecommendation(recommendation('300s', '48h', 'exchange-2003'));

  it('names the value and shows why 60 and 120 are not enough', () => {
    expect(text).to.match(/^Exchange 2000\/2003: set GlitchRetrySeconds to 310\.$/mu);
    expect(text).to.match(/G = 60 +default +60 early, 120 early, 180\? early/u);
    expect(text).to.match(/G = 120 +often quoted +120 early, 240 early, 360\? lands/u);
    expect(text).to.match(/G = 310 +recommended +310 lands$/mu);
    expect(text).to.contain('KB 950757');
  });

  it('draws the tries against the shaded window', () => {
    const row = text.split('\n').find((line) => line.startsWith('exchange-2003 G=310'));
    expect(row?.indexOf('o')).to.be.at.least(row?.indexOf('░') ?? 99);
    const quoted = text.split('\n').find((line) => line.startsWith('exchange-2003 G=120'));
    expect(quoted).to.match(/x +x +░*\?/u);
  });

  it('gives lines to paste', () => {
    expect(text).to.match(/GlitchRetrySeconds \/t REG_DWORD \/d 310 \/f/u);
  });

  it('says so where no value works, and gives no lines', () => {
    const none = renderRecommendation(recommendation('300s', '310s', 'exchange-2003'));
    expect(none).to.contain('no value of GlitchRetrySeconds can be recommended');
    expect(none).not.to.contain('reg add');
  });

  it('names what else helps there', () => {
    const none = renderRecommendation(recommendation('300s', '310s', 'exchange-2003'));
    expect(none).to.match(/What else helps:\n.*GlitchRetrySeconds[\s\S]*exempt[\s\S]*SPF/u);
    expect(none).not.to.contain('Price:');
  });

  it('says why there is no advice before a retry was accepted', () => {
    const unknown = { afterSeconds: null, bySeconds: null };
    const subject = {
      window: { opens: { afterSeconds: 240, bySeconds: null }, closes: unknown },
      restartsTimer: false,
      domain: null,
    };
    for (const senders of ['postfix', 'exchange-2003', 'common']) {
      const text = renderRecommendation(
        toRecommendResult(subject, { names: senders, settings: [] }),
      );
      expect(text).to.contain('a try at 240 s was still refused');
      expect(text).not.to.contain('arrives after');
    }
  });

  it('keeps the rows of the picture apart where names are long', () => {
    const text = renderRecommendation(recommendation('300s', '48h', 'exchange-queue'));
    const names = text
      .split('\n')
      .slice(0, 2)
      .map((line) => line.split(' ')[0]);
    expect(new Set(names).size, names.join()).to.equal(2);
  });

  it('keeps the default where it does', () => {
    const kept = renderRecommendation(recommendation('20s', '2h', 'exchange-2003'));
    expect(kept).to.contain('leave GlitchRetrySeconds at its default, 60');
    expect(kept).not.to.contain('reg add');
  });

  it('says in words what other documents would mean', () => {
    const text = renderRecommendation(recommendation('300s', '900s', 'exchange-2019'));
    expect(text.replace(/\s+/gu, ' ')).to.contain('may miss after 15 min (documents)');
  });

  it('shows no number from memory without the word', () => {
    const all = renderRecommendation(recommendation('300s', '48h', 'cisco-esa,kerio'));
    expect(all).to.match(/cisco-esa .*not verified/u);
    expect(all).to.match(/Delivery retry interval: 30 min \(not verified\)/u);
  });

  for (const window of WINDOWS) {
    it(`fits its columns for ${window}`, () => {
      const [opens = '', closes = ''] = window.split('..');
      const all = recommendation(opens, closes, SENDERS.map(({ id }) => id).join());
      const alone = all.advice.senders.map((one) => [one]);
      for (const senders of [all.advice.senders, ...alone]) {
        const result = { ...all, advice: { ...all.advice, senders } };
        const isPasted = pasted({ ...result, ...result.advice });
        expectToFit((style) => renderRecommendation(result, style), isPasted);
      }
    });
  }
});

describe('renderSimulation', () => {
  for (const window of WINDOWS) {
    it(`fits its columns, has a row for every sender and cuts no number for ${window}`, () => {
      const [all, ...some] = ['all', 'common', 'exchange-2003,kerio,james-sample'].map((names) =>
        simulated(window, names),
      );
      if (all === undefined) throw new Error('no result');
      for (const result of [all, ...some]) {
        expectToFit((style) => renderSimulation(result, style), pasted(result));
      }
      const text = renderSimulation(all);
      expect(text).not.to.match(/may miss.*\.\.\./u);
      for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(80);
      for (const { id } of SENDERS) expect(text).to.contain(`\n${id} `);
    });
  }

  it('marks the one that is not verified', () => {
    const text = renderSimulation(simulated('300s..48h', 'all'));
    expect(text).to.match(/^exchange-2003 +13 min +13 min +not verified$/mu);
    expect(text).to.match(/^postfix +5 min 1 s to 10 min +15 min +source code$/mu);
  });
});

describe('the picture in a terminal', () => {
  const result = simulated('850s..25h', 'postfix,exchange-2003,james-sample,mailgun');
  const picture = simulationPicture(result);
  const drawn = (width: number): readonly string[] =>
    picture === null
      ? []
      : renderAdviceTimeline(picture, {
          ...PLAIN,
          columns: terminalColumns({ isTTY: true, columns: width }),
        });

  for (const width of [20, 40, 60, 80, 120]) {
    it(`fits ${width} columns, between 40 and 100`, () => {
      const most = Math.min(100, Math.max(40, width));
      const longest = Math.max(...drawn(width).map((line) => line.length));
      expect(longest).to.be.within(most - 6, most);
    });
  }

  it('marks rows that are not verified, with the word', () => {
    const lines = drawn(80);
    expect(lines.find((line) => line.startsWith('exchange-2003'))).to.match(/^exchange-2003 \* /u);
    expect(lines.join('\n')).to.contain('* not verified');
    const sure = simulationPicture(simulated('5m..2h', 'postfix'));
    expect(sure?.rows[0]?.label).to.equal('postfix');
  });

  it('tells a try before the axis from one at its beginning', () => {
    // 5 s against an opening of 850 s.
    expect(drawn(80).find((line) => line.startsWith('james-sample'))).to.match(
      /^james-sample +‹ /u,
    );
    expect(drawn(80).join('\n')).to.contain('‹ sooner');
  });

  it('shows the landing of senders that try very often', () => {
    for (const window of ['2h..4h', '12h..24h']) {
      const often = simulationPicture(simulated(window, 'exchange-2010-message,sendmail-debian'));
      for (const row of often?.rows ?? []) {
        expect(row.marks.length, row.label).to.be.at.most(70);
        expect(row.marks.at(-1)?.kind, `${row.label} ${window}`).to.equal('lands');
        expect(row.marks[0]?.kind).to.equal('refused');
      }
    }
  });

  it('calls a try on the very edge open, and shows the one after it', () => {
    const edge = simulationPicture(simulated('25m..4h', 'mailgun'));
    const kinds = edge?.rows[0]?.marks.map(({ kind }) => kind);
    expect(kinds?.slice(0, 2)).to.deep.equal(['refused', 'open']);
  });
});
