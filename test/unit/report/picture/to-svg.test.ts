import { expect } from 'chai';
import { parseWindow } from '../../../../src/core/advice/window-text.js';
import { drawingOfAdvice, drawingOfProbe } from '../../../../src/report/picture/drawings.js';
import { inlineSvg, NARROW, renderSvg } from '../../../../src/report/picture/to-svg.js';
import { simulationPicture } from '../../../../src/report/text/advice-text.js';
import { toSimulateSendersResult } from '../../../../src/tasks/recommend/simulate-senders.js';
import { measuredResult } from '../formats/support/reports.js';

function simulated(window: string, names: string, title = 'Retries'): string {
  const subject = { window: parseWindow(window), restartsTimer: false };
  const result = toSimulateSendersResult(subject, { names, settings: [] });
  const drawing = drawingOfAdvice(simulationPicture(result), subject.window);
  return renderSvg(drawing, title);
}

describe('renderSvg', () => {
  it('draws the window, a mark for each try and a row for each sender', () => {
    const svg = simulated('300s..48h', 'exchange-2003,exchange-2013plus-message');
    expect(svg).to.match(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/u);
    expect(svg).to.contain('>exchange-2013plus-message</text>');
    expect(svg.match(/<path class="gp-cross gp-refused"/gu)?.length).to.be.at.least(4);
    expect(svg).to.contain('<circle class="gp-dot gp-lands"');
    expect(svg).not.to.contain('NaN');
  });

  it('says in words what it shows', () => {
    const svg = simulated('300s..48h', 'exchange-2003,kerio');
    expect(svg).to.contain('aria-labelledby="picture-title picture-desc"');
    expect(svg).to.contain('The window opens after 300 s; closes after 2 d, counted');
    expect(svg).to.contain('1 min: refused; 2 min: refused');
    expect(svg).to.contain('13 min: passes (not verified)');
    expect(svg).to.contain('kerio: Its schedule is not known.');
    expect(svg).to.contain('>not verified</text>');
  });

  it('draws an edge for each end of the window that its axis shows', () => {
    expect(simulated('300s..600s', 'haraka').match(/class="gp-edge"/gu)).to.have.length(2);
    expect(simulated('300s..48h', 'haraka').match(/class="gp-edge"/gu)).to.have.length(1);
  });

  it('escapes what is shown', () => {
    const svg = simulated('5m..2h', 'postfix', '<script>&"\u0000\u001b');
    expect(svg).to.contain('&lt;script&gt;&amp;&quot;\\x00\\x1b</title>');
    expect([...svg].filter((character) => character < ' ' && character !== '\n')).to.deep.equal([]);
  });

  it('shows what was measured above the senders, on one axis', async () => {
    const svg = renderSvg(drawingOfProbe(await measuredResult()), 'A probe');
    expect(svg).to.match(
      />Measured<.*>tried again and again<.*>When senders try again<.*>Postfix</su,
    );
    expect(svg).to.match(/gp-opens.*gp-open".*gp-assumed/su);
    expect(svg).to.contain('<circle class="gp-ring gp-accepted"');
  });

  it('is words where nothing was tried twice', async () => {
    const result = await measuredResult();
    const once = { ...result, attempts: result.attempts.slice(0, 1), window: null, advice: null };
    const svg = renderSvg(drawingOfProbe(once), 'A probe');
    expect(svg).to.contain('>deferred: 450 4.2.0 ');
    expect(svg).not.to.contain('gp-axis"');
  });
});

describe('inlineSvg', () => {
  it('has no style of its own, and names of rows above them where it is narrow', async () => {
    const drawing = drawingOfProbe(await measuredResult());
    const svg = inlineSvg(drawing, 'A probe', 'one', NARROW).text;
    expect(svg).not.to.contain('<style');
    expect(svg).to.contain('id="one-title"');
    expect(svg).to.contain('viewBox="0 0 344 ');
  });
});
