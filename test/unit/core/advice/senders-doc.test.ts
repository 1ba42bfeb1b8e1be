import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SENDER_GROUPS, SENDERS } from '../../../../src/core/advice/senders.js';
import { landingCell, landingTable, scheduleTable, sourceList } from './senders-doc.js';

describe('docs/senders.md', () => {
  const text = readFileSync(new URL('../../../../docs/senders.md', import.meta.url), 'utf8');

  it('has the table that the program reckons', () => {
    expect(text).to.contain(landingTable().join('\n'));
  });

  it('has the schedules that the program reckons with', () => {
    expect(text).to.contain(scheduleTable().join('\n'));
  });

  it('says where each number was read', () => {
    expect(text).to.contain(sourceList().join('\n'));
  });

  it('may leave out the window from 300 s to 24 h, which none meets otherwise than to 48 h', () => {
    for (const sender of SENDERS) {
      if (sender.schedule === null) continue;
      const [day, twoDays] = [86_400, 172_800].map((closes) => landingCell(sender, 300, closes));
      expect(day, sender.id).to.equal(twoDays);
    }
  });

  it('names every short name', () => {
    for (const name of Object.keys(SENDER_GROUPS)) expect(text).to.contain(`\`${name}\``);
  });

  it('names the senders whose schedule is not known', () => {
    for (const { id, schedule } of SENDERS) {
      if (schedule === null) expect(text).to.contain(`\`${id}\``);
    }
  });
});
