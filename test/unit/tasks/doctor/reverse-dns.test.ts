import { expect } from 'chai';
import fc from 'fast-check';
import { isSameAddress, reverseName } from '../../../../src/tasks/doctor/reverse-dns.js';

describe('reverseName', () => {
  it('turns IPv4 round by bytes (RFC 1035 §3.5)', () => {
    expect(reverseName('8.8.4.1')).to.equal('1.4.8.8.in-addr.arpa');
  });

  it('turns IPv6 round by nibbles (the example of RFC 3596 §2.5)', () => {
    expect(reverseName('4321:0:1:2:3:4:567:89ab')).to.equal(
      'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa',
    );
  });

  it('takes IPv4 in IPv6 as the IPv4 address, and leaves the zone out', () => {
    expect(reverseName('::ffff:8.8.4.1')).to.equal('1.4.8.8.in-addr.arpa');
    expect(reverseName('fe80::1%eth0')).to.equal(reverseName('fe80::1'));
  });

  it('gives every IPv4 address a name of its own that can be read back', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const bytes = reverseName(address).replace('.in-addr.arpa', '').split('.');
        expect(bytes.toReversed().join('.')).to.equal(address);
      }),
    );
  });
});

describe('isSameAddress', () => {
  it('compares addresses, not their texts', () => {
    expect(isSameAddress('2001:DB8:0:0::1', '2001:db8::1')).to.equal(true);
    expect(isSameAddress('::ffff:192.0.2.1', '192.0.2.1')).to.equal(true);
    expect(isSameAddress('192.0.2.1', '192.0.2.10')).to.equal(false);
    expect(isSameAddress('no address', 'no address')).to.equal(false);
  });
});
