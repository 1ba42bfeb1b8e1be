import { expect } from 'chai';
import { senderOfSchedule } from '../../../../src/core/advice/own-schedule.js';
import { parseSetting, withSettings } from '../../../../src/core/advice/sender-settings.js';
import { sendersNamed } from '../../../../src/core/advice/senders.js';
import { parseWindow, windowFromEdges } from '../../../../src/core/advice/window-text.js';
import { GreyprobeError } from '../../../../src/model/errors.js';

/** Code, sentence and what to try, as a person reads them. */
function told(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    return [error.code, error.message, ...error.suggestions];
  }
  throw new Error('it was not refused');
}

const set = (senders: string, setting: string) => () =>
  withSettings(sendersNamed(senders), [parseSetting(setting)]);

const edges =
  (opensBy: string, closesAfter: string | null, closesBy: string | null = null) =>
  () =>
    windowFromEdges({ opensAfter: null, opensBy, closesAfter, closesBy });

describe('what is refused of senders, settings and windows', () => {
  it('says which senders are near, or a few that are known', () => {
    const [code, message, near = ''] = told(() => sendersNamed('postfx'));
    expect([code, message]).to.deep.equal([
      'unknown-sender',
      '"postfx" is not a sender that greyprobe knows.',
    ]);
    expect(near).to.match(/^Near it: postfix.*\.$/u);
    expect(near.split(', ')).to.have.length.at.most(6);
    // Names that begin alike are near as well.
    expect(told(() => sendersNamed('exim-of-mine'))[2]).to.contain('exim');
    expect(told(() => sendersNamed(','))[2]).to.match(
      /^Known: (?:[\w.-]+, ){7}[\w.-]+ \.\.\. or all\.$/u,
    );
    expect(told(() => sendersNamed('q'.repeat(80)))[1]).to.contain(`"${'q'.repeat(60)}"`);
  });

  it('says how a schedule is written', () => {
    expect(told(() => senderOfSchedule('5m,,1h'))).to.deep.equal([
      'bad-schedule',
      '"5m,,1h" is not a schedule.',
      'Write at most 100 waits of a second or more from try to try: 1m,5m,15m,1h or, to go on for ever, 1m,5m,15m,1h...',
    ]);
    expect(told(() => senderOfSchedule(','.repeat(100)))[1]).to.contain(`"${','.repeat(80)}"`);
    expect(told(() => senderOfSchedule('0s'))[0]).to.equal('bad-schedule');
    expect(senderOfSchedule('1s').schedule).to.have.property('stages');
  });

  it('says how a setting is written', () => {
    expect(told(() => parseSetting('queue_run_delay'))).to.deep.equal([
      'bad-setting',
      '"queue_run_delay" is not a setting.',
      'Write --set name=value, such as --set minimal_backoff_time=600.',
    ]);
    expect(told(() => parseSetting('x'.repeat(100)))[1]).to.contain(`"${'x'.repeat(80)}"`);
    expect(parseSetting(' a = b=c ')).to.deep.equal({ name: 'a', value: 'b=c' });
  });

  it('says in which unit a value is, its range, and how the default is written', () => {
    expect(told(set('postfix', 'queue_run_delay=soon'))).to.deep.equal([
      'bad-setting',
      '"soon" is not a value for queue_run_delay.',
      'Its unit is s (>0, <= minimal_backoff_time). The default is written 300.',
    ]);
    const [, , range = ''] = told(set('zos-smtp', 'RETRYINT=1441'));
    expect(range).to.match(/^Its unit is min \(.+\.\..+\)\./u);
  });

  it('says which setting was meant, which there are, and which greyprobe does not reckon with', () => {
    expect(told(set('postfix', 'minimal_backof_time=600'))).to.deep.equal([
      'unknown-setting',
      'None of the chosen senders has a setting "minimal_backof_time".',
      'Did you mean minimal_backoff_time, or maximal_backoff_time?',
    ]);
    const [, , there = ''] = told(set('postfix', 'zzzzzzzzz=600'));
    expect(there).to.match(/^Settings that can be changed here: .*minimal_backoff_time.*\.$/u);
    expect(told(set('postfix', 'DELAY_warning_time=600'))[1]).to.equal(
      'greyprobe does not reckon with the setting "DELAY_warning_time" of the chosen senders.',
    );
    expect(told(set('web-gmail-2016', 'x=1'))[2]).to.equal(
      'The chosen senders have no setting that can be changed.',
    );
  });

  it('says how a window is written', () => {
    expect(told(() => parseWindow('5m'))).to.deep.equal([
      'bad-window',
      '"5m" is not a window.',
      'Write the delay and the age at which it closes again: 300s..48h.',
    ]);
    expect(told(() => parseWindow('x'.repeat(80)))[1]).to.contain(`"${'x'.repeat(60)}"`);
    expect(told(() => parseWindow('10m..5m'))).to.deep.equal([
      'bad-window',
      'The window 10m..5m closes before it opens.',
    ]);
    expect(told(() => parseWindow('5x..10m')).join(' ')).to.contain('--window');
    expect(parseWindow('5m..5m').opens.bySeconds).to.equal(300);
    expect(parseWindow(' 1.5 .. 20 ').opens.bySeconds).to.equal(1.5);
  });

  it('says in which order the edges of a window come', () => {
    for (const wrong of [edges('5m', '4m'), edges('5m', null, '4m'), edges('5m', '10m', '9m')]) {
      expect(told(wrong)).to.deep.equal([
        'bad-window',
        'The window closes before it opens, or a bound lies on the wrong side of its partner.',
        'The order is: --opens-after, --opens-by, --closes-after, --closes-by.',
      ]);
    }
    const opensAfter = () =>
      windowFromEdges({ opensAfter: 'x', opensBy: '5m', closesAfter: null, closesBy: null });
    expect(told(opensAfter).join(' ')).to.contain('--opens-after');
    expect(told(() => parseWindow('5m..1x')).join(' ')).to.contain('--window');
    expect(told(edges('x', null)).join(' ')).to.contain('--opens-by');
    expect(told(edges('5m', 'x')).join(' ')).to.contain('--closes-after');
    expect(told(edges('5m', '5m', 'x')).join(' ')).to.contain('--closes-by');
  });

  it('takes an edge that is given by one bound for exact', () => {
    expect(edges('5m', '10m')()).to.deep.equal({
      opens: { afterSeconds: 300, bySeconds: 300 },
      closes: { afterSeconds: 600, bySeconds: 600 },
    });
    expect(edges('5m', null, '10m')().closes).to.deep.equal({ afterSeconds: null, bySeconds: 600 });
    expect(edges('5m', '9m', '10m')().closes).to.deep.equal({ afterSeconds: 540, bySeconds: 600 });
    expect(edges('5m', '5m', '5m')().closes.bySeconds).to.equal(300);
  });
});
