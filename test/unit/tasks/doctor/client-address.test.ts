import { expect } from 'chai';
import { clientAddressTo } from '../../../../src/tasks/doctor/client-address.js';

describe('clientAddressTo', () => {
  it('gives the address from which the system would connect', async () => {
    expect(await clientAddressTo('127.0.0.1', 25)).to.equal('127.0.0.1');
    expect(await clientAddressTo('127.0.0.9', 25)).to.match(/^127\./u);
  });

  it('gives null where the system would not connect', async () => {
    // To everybody on the network at once: systems refuse that unless asked for.
    expect(await clientAddressTo('255.255.255.255', 25)).to.equal(null);
  });
});
