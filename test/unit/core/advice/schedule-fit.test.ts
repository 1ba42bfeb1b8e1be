import { expect } from 'chai';
import { senderOfSchedule } from '../../../../src/core/advice/own-schedule.js';
import { confidenceOf, fitOf } from '../../../../src/core/advice/schedule-fit.js';
import type { Sender } from '../../../../src/core/advice/sender-schema.js';

/** Retries after 1, 6 and 21 min, from documents; the third one from memory. */
const SENDER: Sender = {
  ...senderOfSchedule('1m,5m,15m'),
  confidence: 'docs',
  lessSureFrom: { retry: 3, confidence: 'memory' },
};

function held(
  opensSeconds: number,
  closesSeconds: number,
  giveUpSeconds: number | null = null,
  schedule: Sender['schedule'] = SENDER.schedule,
) {
  const giveUp = { ...SENDER.giveUp, seconds: giveUpSeconds };
  return fitOf(schedule, giveUp, { opensSeconds, closesSeconds, restartsTimer: false });
}

describe('a schedule held against a window', () => {
  it('surely lands where it does without the margins as well', () => {
    expect(held(350, 370)).to.include({ verdict: 'lands', surelyBySeconds: 360, onEdge: false });
    expect(held(351, 7_200)).to.include({ verdict: 'lands', surelyBySeconds: 1_260, onEdge: true });
    expect(held(351, 369)).to.include({
      verdict: 'may-miss',
      surelyBySeconds: null,
      onEdge: true,
      cautiousMissChance: 1,
    });
  });

  it('is on an edge where a phase of its scan is', () => {
    const scan = { kind: 'scan', scanSeconds: 300 } as const;
    // Less the margin tries at 301 to 310 s are too early: the next come at 601 to 610 s.
    expect(held(301, 7_200, null, scan)).to.include({ onEdge: true, surelyBySeconds: 610 });
  });

  it('says nothing of a schedule that is not known', () => {
    expect(held(300, 7_200, null, null)).to.deep.equal({
      verdict: 'unknown',
      landing: null,
      surelyBySeconds: null,
      restsOnRetry: null,
      onEdge: false,
      cautiousMissChance: null,
    });
  });

  it('tells a window that is stepped over from one that opens after the last try', () => {
    expect(held(400, 500).verdict).to.equal('never-lands');
    expect(held(1_261, 7_200).verdict).to.equal('gives-up-first');
    expect(held(1_260, 7_200).verdict).to.equal('may-miss');
  });
});

describe('how sure a landing is', () => {
  const sure = (sender: Sender, opens: number, closes: number, giveUpSeconds: number | null) => {
    const giveUp = { ...sender.giveUp, seconds: giveUpSeconds };
    return confidenceOf({ ...sender, giveUp }, held(opens, closes, giveUpSeconds));
  };
  const giveUpBy = (confidence: Sender['confidence']): Sender => ({
    ...SENDER,
    giveUp: { ...SENDER.giveUp, confidence },
  });

  it('goes by the latest retry that it rests on', () => {
    expect(sure(SENDER, 300, 7_200, null)).to.equal('docs');
    expect(sure(SENDER, 600, 7_200, null)).to.equal('memory');
    expect(sure(SENDER, 400, 500, null)).to.equal('memory');
  });

  it('goes by when the sender gives up as well, where a miss rests on it', () => {
    const known: Sender = { ...SENDER, lessSureFrom: null };
    const with3rdParty = { ...known, giveUp: giveUpBy('third-party').giveUp };
    expect(sure(with3rdParty, 300, 7_200, 9_000)).to.equal('docs');
    expect(sure(with3rdParty, 600, 7_200, 1_000)).to.equal('third-party');
    expect(sure({ ...known, giveUp: giveUpBy('source').giveUp }, 600, 7_200, 1_000)).to.equal(
      'docs',
    );
    expect(sure(with3rdParty, 400, 500, null)).to.equal('docs');
  });
});
