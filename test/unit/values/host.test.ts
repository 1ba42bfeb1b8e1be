import { expect } from 'chai';
import { parseHost } from '../../../src/values/host.js';

describe('parseHost', () => {
  it('reads names, in A-labels, and addresses', () => {
    expect(parseHost('MX.bücher.example')).to.equal('mx.xn--bcher-kva.example');
    expect(parseHost('192.0.2.1')).to.equal('192.0.2.1');
    expect(parseHost('2001:db8::1')).to.equal('2001:db8::1');
  });

  it('refuses what is neither', () => {
    expect(() => parseHost('1.2.3')).to.throw("'1.2.3' is not a domain");
    expect(() => parseHost('::zz')).to.throw("'::zz'");
  });
});
