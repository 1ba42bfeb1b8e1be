import { expect } from 'chai';
import type { SentHost } from '../../../../src/contract/observe-result.js';
import { renderProbed } from '../../../../src/report/text/observe-probed-text.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { opening, sentHost, toldOf } from '../../../support/observe/sent-host.js';

const VERDICT = {
  kind: 'greylisted',
  confidence: 'confirmed',
  summary: 'mx.org.example greylists.',
} as const;

describe('what probes found beside the log', () => {
  const told = (window: SentHost['window'] | null, columns = 80) =>
    renderProbed(
      toldOf([sentHost({ probed: { run: 'r1', verdict: VERDICT, window } })]),
      (run) => `greyprobe report ${run}`,
      { ...PLAIN, columns },
    );

  it('is a row a host, what the probe says, and the command that shows it', () => {
    expect(told(opening(299.4, 303))).equal(
      [
        'mail host       by the log       by the probe    verdict',
        'mx.org.example  less than 311 s  299.4 to 303 s  greylisted, confirmed',
        '',
        '  - mx.org.example greylists.',
        '      greyprobe report r1',
        '',
      ].join('\n'),
    );
  });

  it('names the host above its values where lines are narrow', () => {
    expect(told(null, 40).split('\n')[0]).equal('mx.org.example');
    expect(told(null)).contain('no window');
  });

  it('says that the two exclude each other', () => {
    expect(told(opening(600, 620))).contain('The log excludes that');
    expect(told(opening(299.4, 320))).not.contain('excludes');
  });

  it('is nothing where nothing was probed', () => {
    expect(renderProbed(toldOf([sentHost()]), String)).equal('');
  });
});
