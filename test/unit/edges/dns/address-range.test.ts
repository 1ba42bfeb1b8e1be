import { expect } from 'chai';
import { nonPublicRange } from '../../../../src/edges/dns/address-range.js';

describe('nonPublicRange', () => {
  for (const [address, range] of Object.entries({
    '0.0.0.0': 'unspecified',
    '127.0.0.1': 'loopback',
    '127.255.255.255': 'loopback',
    '10.1.2.3': 'private',
    '172.31.255.255': 'private',
    '192.168.0.1': 'private',
    '100.64.0.1': 'carrier NAT',
    '169.254.1.1': 'link-local',
    '192.0.2.1': 'reserved',
    '198.18.0.1': 'reserved',
    '224.0.0.1': 'multicast',
    '255.255.255.255': 'reserved',
    '::': 'unspecified',
    '::1': 'loopback',
    'fd00::1': 'private',
    'fe80::1': 'link-local',
    '2001:db8::1': 'reserved',
    'ff02::1': 'multicast',
    '::ffff:127.0.0.1': 'loopback',
    '::ffff:10.0.0.1': 'private',
  })) {
    it(`${address}: ${range}`, () => {
      expect(nonPublicRange(address)).to.equal(range);
    });
  }

  for (const address of [
    '8.8.4.4',
    '172.32.0.1',
    '100.63.255.255',
    '128.0.0.1',
    '2620:fe::fe',
    '::ffff:8.8.4.4',
  ]) {
    it(`${address}: public`, () => {
      expect(nonPublicRange(address)).to.equal(null);
    });
  }
});
