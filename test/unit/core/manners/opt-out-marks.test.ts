import { expect } from 'chai';
import { optOutMarks } from '../../../../src/core/manners/opt-out-marks.js';

describe('what an opt-out can name a host by', () => {
  it('is its names with all above them, and every network around its address', () => {
    const marks = optOutMarks(['MX.a.example', 'example.org'], '192.0.2.7');
    expect(marks).to.include.members(['mx.a.example', 'a.example', 'example', 'example.org']);
    expect(marks).to.include.members(['192.0.2.7/32', '192.0.2.6/31', '192.0.2.0/24', '0.0.0.0/0']);
    expect(marks.filter((mark) => mark.includes('/'))).to.have.length(33);
  });

  it('takes an IPv4 address in IPv6 for the IPv4 address', () => {
    expect(optOutMarks([], '::ffff:192.0.2.7')).to.include('192.0.2.7/32');
    expect(optOutMarks([], '2001:db8:1::7')).to.include('2001:db8::/32');
  });
});
