import { expect } from 'chai';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import { EventInterner } from '../../../../src/edges/journal/interning.js';
import { everyEvent, otherEvents } from './support/events.js';

describe('interning what events have in common', () => {
  it('changes no event', () => {
    const interner = new EventInterner();
    for (const event of [...everyEvent(), ...otherEvents(), ...everyEvent()]) {
      expect(interner.intern(structuredClone(event))).to.deep.equal(event);
    }
  });

  it('keeps one reply where the same was given again, and two where they differ', () => {
    const interner = new EventInterner();
    const replyOf = (event: ProbeEvent) => {
      const shared = interner.intern(structuredClone(event));
      return shared.type === 'attempt-finished' ? shared.reply : null;
    };
    const finished = everyEvent().find((event) => event.type === 'attempt-finished');
    if (finished?.reply === undefined || finished.reply === null) throw new Error('no reply');
    const other = { ...finished, reply: { ...finished.reply, enhanced: '4.7.1' } };
    expect(replyOf(finished)).to.equal(replyOf(finished));
    expect(replyOf(other)).not.to.equal(replyOf(finished));
  });
});
