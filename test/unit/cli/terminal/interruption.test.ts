import { expect } from 'chai';
import { withInterruption } from '../../../../src/cli/terminal/interruption.js';

describe('being told to end', () => {
  const SIGNALS = ['SIGTERM', 'SIGHUP'] as const;

  /** Resolves when the signal aborts. */
  const aborted = (signal: AbortSignal) =>
    new Promise<string>((resolve) => {
      signal.addEventListener('abort', () => resolve('ended cleanly'), { once: true });
    });

  for (const name of SIGNALS) {
    it(`aborts what runs, and says that it was ${name}`, async () => {
      const ended = withInterruption(aborted);
      process.emit(name, name);
      expect(await ended).to.deep.equal({ value: 'ended cleanly', signalName: name });
    });
  }

  it('leaves undisturbed what nobody interrupts', async () => {
    expect(await withInterruption(async () => 1)).to.deep.equal({ value: 1, signalName: null });
  });

  it('ends the process at once the second time', async () => {
    const codes: (number | string | null | undefined)[] = [];
    const { exit } = process;
    process.exit = (code) => {
      codes.push(code);
      throw new Error('the process has ended');
    };
    try {
      const ended = withInterruption(aborted);
      process.emit('SIGTERM', 'SIGTERM');
      expect(() => process.emit('SIGTERM', 'SIGTERM')).to.throw('the process has ended');
      expect(codes).to.deep.equal([130]);
      await ended;
    } finally {
      process.exit = exit;
    }
  });

  it('listens no longer than needed', async () => {
    const before = SIGNALS.map((name) => process.listenerCount(name));
    await withInterruption(async () => 1);
    await withInterruption(async () => {
      throw new Error('failed');
    }).catch(() => null);
    expect(SIGNALS.map((name) => process.listenerCount(name))).to.deep.equal(before);
  });
});
