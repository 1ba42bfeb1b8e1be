import { expect } from 'chai';
import { realPorts } from '../../../../src/edges/real-ports.js';
import { judgeSelfTest } from '../../../../src/tasks/doctor/judge-self-test.js';
import { measureOwnHost } from '../../../../src/tasks/doctor/self-test.js';

// That it measures what is there is seen in the test of the command, since it takes three seconds.
describe('measureOwnHost', () => {
  it('ends soon when it is interrupted', async () => {
    const controller = new AbortController();
    const began = performance.now();
    const measuring = measureOwnHost(realPorts, controller.signal);
    setTimeout(() => controller.abort(), 100);
    const [ended] = await Promise.allSettled([measuring]);

    expect(performance.now() - began).to.be.below(1500);
    if (ended.status === 'fulfilled') expect(judgeSelfTest(ended.value).outcome).to.equal('failed');
    else expect(controller.signal.reason).to.equal(ended.reason);
  });

  it('reports a host that is not measured as failed', async () => {
    const measurement = await measureOwnHost((resolver) => {
      const ports = realPorts(resolver);
      // As where a firewall keeps programs from connecting to loopback.
      return {
        ...ports,
        dialer: {
          dial: async () => {
            const at = ports.clock.read();
            const failure = { code: 'connection-refused', message: 'Refused.' } as const;
            const end = { stage: 'connect', reply: null, failure, sent: at, replied: at } as const;
            return { session: null, end };
          },
        },
      };
    }, new AbortController().signal);

    expect(judgeSelfTest(measurement).outcome).to.equal('failed');
  });
});
