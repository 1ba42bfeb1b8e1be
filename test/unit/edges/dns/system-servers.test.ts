import { expect } from 'chai';
import { systemServers } from '../../../../src/edges/dns/create-resolver.js';

describe('systemServers', () => {
  it('takes the first three, in order, with their ports', () => {
    expect(
      systemServers(['192.0.2.1', '[2001:db8::1]:5353', '192.0.2.2:54', '192.0.2.3']),
    ).to.deep.equal([
      { kind: 'udp', address: '192.0.2.1', port: 53 },
      { kind: 'udp', address: '2001:db8::1', port: 5353 },
      { kind: 'udp', address: '192.0.2.2', port: 54 },
    ]);
  });

  it('passes over what it cannot read, and may be empty', () => {
    expect(systemServers(['nonsense', '192.0.2.1'])).to.have.length(1);
    expect(systemServers([])).to.deep.equal([]);
  });
});
