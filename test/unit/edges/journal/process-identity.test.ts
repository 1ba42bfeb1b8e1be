import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect } from 'chai';
import { isAlive, thisProcess } from '../../../../src/edges/journal/process-identity.js';

const NOW = Date.UTC(2026, 10, 23);
const LATELY = NOW - 30_000;
const LONG_AGO = NOW - 600_000;

describe('telling whether a process lives', () => {
  const self = thisProcess();

  it('knows this one, however long it was silent', function () {
    // Without start times only signs of life count.
    if (self.start === null) this.skip();
    expect(isAlive(self, LONG_AGO, NOW)).to.equal(true);
  });

  it('knows that one has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const { pid } = child;
    await once(child, 'exit');
    if (pid === undefined) throw new Error('no process was started');
    expect(isAlive({ ...self, pid }, LATELY, NOW)).to.equal(false);
  });

  it('goes by signs of life where the process cannot be seen', () => {
    for (const elsewhere of [
      { ...self, host: `not-${hostname()}` },
      { ...self, place: 'another-boot another-namespace' },
      { ...self, place: null },
    ]) {
      expect(isAlive(elsewhere, LATELY, NOW)).to.equal(true);
      expect(isAlive(elsewhere, LONG_AGO, NOW)).to.equal(false);
    }
  });

  it('knows that nothing outlives a restart of the machine', function () {
    const [, realm] = self.place?.split(' ') ?? [];
    // Only Linux names its boots.
    if (realm === undefined) this.skip();
    expect(isAlive({ ...self, place: `another-boot ${realm}` }, LATELY, NOW)).to.equal(false);
  });
});
