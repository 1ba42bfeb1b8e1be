import { expect } from 'chai';
import { clientNetwork } from '../../../../src/model/values/client-network.js';

describe('clientNetwork', () => {
  for (const [client, prefix, expected] of [
    ['192.0.2.77', undefined, '192.0.2.0/24'],
    ['192.0.63.77', { ipv4: 19, ipv6: 64 }, '192.0.32.0/19'],
    ['192.0.2.77', { ipv4: 32, ipv6: 128 }, '192.0.2.77/32'],
    ['192.0.2.77', { ipv4: 0, ipv6: 0 }, '0.0.0.0/0'],
    ['2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
    ['::ffff:192.0.2.77', undefined, '192.0.2.0/24'],
    ['unix:socket', undefined, 'unix:socket'],
  ] as const) {
    it(`${client} is in ${expected}`, () => {
      expect(clientNetwork(client, prefix)).equal(expected);
    });
  }
});
