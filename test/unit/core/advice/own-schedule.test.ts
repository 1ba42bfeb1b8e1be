import { expect } from 'chai';
import { exactWindow } from '../../../../src/core/advice/acceptance-window.js';
import { senderOfSchedule } from '../../../../src/core/advice/own-schedule.js';
import { adviseSender } from '../../../../src/core/advice/sender-advice.js';

describe('senderOfSchedule', () => {
  it('reads waits from try to try', () => {
    const { id, name, schedule, confidence } = senderOfSchedule('1m, 5m,15m');
    expect({ id, name, confidence }).to.deep.equal({
      id: 'own',
      name: 'A sender of your own: 1m, 5m, 15m',
      confidence: 'given',
    });
    expect(schedule).to.deep.equal({
      kind: 'stages',
      mostRetries: null,
      pollSeconds: null,
      stages: [
        { everySeconds: 60, times: 1 },
        { everySeconds: 300, times: 1 },
        { everySeconds: 900, times: 1 },
      ],
    });
  });

  it('lets the last go on for ever where dots follow', () => {
    for (const text of ['5m,1h...', '5m,1h…', '5m,1h ... ']) {
      const sender = senderOfSchedule(text);
      expect(sender.schedule).to.deep.include({
        stages: [
          { everySeconds: 300, times: 1 },
          { everySeconds: 3_600, times: null },
        ],
      });
      expect(sender.name).to.equal('A sender of your own: 5m, 1h ...');
    }
  });

  it('lands, or does not, like any other', () => {
    const window = exactWindow(1_200, 4 * 3_600);
    // 1, 6, 21 min.
    expect(adviseSender(senderOfSchedule('1m,5m,15m'), window)).to.include({
      verdict: 'lands',
      earliestSeconds: 1_260,
      confidence: 'given',
    });
    expect(adviseSender(senderOfSchedule('1m,5m'), window)?.verdict).to.equal('gives-up-first');
    expect(adviseSender(senderOfSchedule('1m,5m...'), window)?.earliestSeconds).to.equal(1_260);
  });

  for (const text of ['', ',', '5m,,1h', '...', '0s,5m', '5m,1h,', Array(101).fill('5m').join()]) {
    it(`refuses "${text.slice(0, 20)}"`, () => {
      expect(() => senderOfSchedule(text)).to.throw(/is not a schedule/u);
    });
  }

  it('refuses a wait without its unit', () => {
    expect(() => senderOfSchedule('5,10')).to.throw(/no unit/u);
    expect(senderOfSchedule(Array(100).fill('5m').join()).schedule).to.have.property('stages');
  });
});
