import { expect } from 'chai';
import { SENDERS } from '../../../src/advice/senders.js';
import {
  recommendationPicture,
  renderRecommendation,
  renderSimulation,
  simulationPicture,
} from '../../../src/report/advice-text.js';
import { renderTimelineSvg } from '../../../src/report/timeline-svg.js';
import { subjectOfEdges, toRecommendResult } from '../../../src/result/to-recommend-result.js';
import { toSimulateSendersResult } from '../../../src/result/to-simulate-senders-result.js';

function recommendation(opensBy: string, closesAfter?: string, senders = 'common') {
  const subject = subjectOfEdges(
    { opensBy, opensAfter: undefined, closesAfter, closesBy: undefined },
    false,
  );
  return toRecommendResult(subject, senders, []);
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

  it('keeps the default where it does', () => {
    const kept = renderRecommendation(recommendation('20s', '2h', 'exchange-2003'));
    expect(kept).to.contain('leave GlitchRetrySeconds at its default, 60');
    expect(kept).not.to.contain('reg add');
  });

  it('shows no number from memory without the word', () => {
    const all = renderRecommendation(recommendation('300s', '48h', 'cisco-esa,kerio'));
    expect(all).to.match(/cisco-esa .*not verified/u);
    expect(all).to.match(/Delivery retry interval: 30 min \(not verified\)/u);
  });

  for (const window of WINDOWS) {
    it(`fits 80 columns for ${window}`, () => {
      const [opens = '', closes = ''] = window.split('..');
      for (const senders of ['common', ...SENDERS.map(({ id }) => id)]) {
        for (const line of renderRecommendation(recommendation(opens, closes, senders)).split(
          '\n',
        )) {
          expect(line.length, line).to.be.at.most(80);
        }
      }
    });
  }
});

describe('renderSimulation', () => {
  for (const window of WINDOWS) {
    it(`fits 80 columns and has a row for every sender for ${window}`, () => {
      const text = renderSimulation(toSimulateSendersResult(window, 'all', [], false));
      for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(80);
      for (const { id } of SENDERS) expect(text).to.contain(`\n${id} `);
    });
  }

  it('marks the one that is not verified', () => {
    const text = renderSimulation(toSimulateSendersResult('300s..48h', 'all', [], false));
    expect(text).to.match(/^exchange-2003 +13 min +13 min +not verified$/mu);
    expect(text).to.match(/^postfix +5 min 1 s to 10 min +15 min +source code$/mu);
  });
});

describe('renderTimelineSvg', () => {
  it('draws the window, a mark for each try and a row for each sender', () => {
    const picture = recommendationPicture(recommendation('300s', '48h'));
    if (picture === null) throw new Error('no picture');
    const svg = renderTimelineSvg(picture, 'Retries');
    expect(svg).to.match(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/u);
    expect(svg.match(/<circle/gu)?.length).to.be.at.least(4);
    expect(svg).to.contain('exchange-2003 G=310');
    expect(svg).not.to.contain('NaN');
  });

  it('escapes what is shown', () => {
    const picture = simulationPicture(toSimulateSendersResult('5m..2h', 'postfix', [], false));
    if (picture === null) throw new Error('no picture');
    const svg = renderTimelineSvg(picture, '<script>&"\u0000\u001b');
    expect(svg).to.contain('&lt;script&gt;&amp;&quot;</title>');
    expect([...svg].filter((character) => character < ' ' && character !== '\n')).to.deep.equal([]);
  });
});
