import { expect } from 'chai';
import { untilStopped } from '../../../../src/cli/terminal/interruption.js';

describe('untilStopped', () => {
  it('resolves on a signal, and leaves no listener behind', async () => {
    const before = process.listenerCount('SIGTERM');
    const stopped = untilStopped(null);
    expect(process.listenerCount('SIGTERM')).equal(before + 1);
    process.emit('SIGTERM');
    await stopped;
    expect(process.listenerCount('SIGTERM')).equal(before);
  });

  it('resolves when the time is over', async () => {
    const before = process.listenerCount('SIGINT');
    await untilStopped(1);
    expect(process.listenerCount('SIGINT')).equal(before);
  });
});
