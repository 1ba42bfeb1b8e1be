import { expect } from 'chai';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';
import { createVirtualDialer } from '../../../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';
import { examine } from '../../../../src/tasks/doctor/examine.js';
import { createVirtualResolver } from '../../../support/virtual-resolver.js';

describe('examine, interrupted', () => {
  it('ends with the reason, after the test host is closed', async () => {
    const controller = new AbortController();
    const clock = createVirtualClock();
    let isClosed = false;
    const examining = examine(
      { senderDomains: [], helo: null, host: null, port: 25, sourceAddresses: [] },
      {
        clock,
        nodeVersion: '20.19.0',
        servers: [{ label: 'server', resolver: createVirtualResolver({}) }],
        dialer: createVirtualDialer({ clock, random: createVirtualRandom(1), hosts: [] }),
        tryStateFolder: () => ({ kind: 'writable', folder: '/state/runs' }),
        clientAddressTo: async () => null,
        measureOwnHost: async (signal) => {
          controller.abort(new Error('Ctrl-C'));
          await new Promise((resolve) => setImmediate(resolve));
          isClosed = true;
          throw signal.reason;
        },
      },
      controller.signal,
    );
    const [ended] = await Promise.allSettled([examining]);

    expect(ended).to.have.nested.property('reason.message', 'Ctrl-C');
    expect(isClosed).to.equal(true);
  });
});
