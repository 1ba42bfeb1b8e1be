import { expect } from 'chai';
import { parseClientAddresses } from '../../../../src/model/values/client-addresses.js';

describe('parseClientAddresses', () => {
  it('reads addresses of both families, with commas between', () => {
    expect(parseClientAddresses('192.0.2.1, 2001:db8::1,')).to.deep.equal([
      '192.0.2.1',
      '2001:db8::1',
    ]);
    expect(parseClientAddresses('')).to.deep.equal([]);
  });

  it('names what is no address', () => {
    expect(() => parseClientAddresses('192.0.2.1,mx')).to.throw("'mx' is not an IP address.");
  });
});
