import { expect } from 'chai';
import fc from 'fast-check';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { endpointLabel, parseResolverEndpoint } from '../../../../src/model/values/endpoint.js';

function failureOf(text: string): GreyprobeError {
  try {
    parseResolverEndpoint(text);
  } catch (error) {
    if (error instanceof GreyprobeError) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

describe('parseResolverEndpoint', () => {
  const good: readonly [text: string, endpoint: object, label: string][] = [
    ['192.0.2.1', { kind: 'udp', address: '192.0.2.1', port: 53 }, '192.0.2.1:53'],
    ['192.0.2.1:5353', { kind: 'udp', address: '192.0.2.1', port: 5353 }, '192.0.2.1:5353'],
    ['2001:db8::1', { kind: 'udp', address: '2001:db8::1', port: 53 }, '[2001:db8::1]:53'],
    ['[2001:db8::1]', { kind: 'udp', address: '2001:db8::1', port: 53 }, '[2001:db8::1]:53'],
    ['[2001:db8::1]:54', { kind: 'udp', address: '2001:db8::1', port: 54 }, '[2001:db8::1]:54'],
    ['fe80::1%eth0', { kind: 'udp', address: 'fe80::1%eth0', port: 53 }, '[fe80::1%eth0]:53'],
    ['udp://192.0.2.1', { kind: 'udp', address: '192.0.2.1', port: 53 }, '192.0.2.1:53'],
    ['TCP://192.0.2.1', { kind: 'tcp', address: '192.0.2.1', port: 53 }, 'tcp://192.0.2.1:53'],
    ['tls://192.0.2.1', { kind: 'tls', host: '192.0.2.1', port: 853 }, 'tls://192.0.2.1:853'],
    [
      'tls://Dns.example:8853',
      { kind: 'tls', host: 'dns.example', port: 8853 },
      'tls://dns.example:8853',
    ],
    [
      'tls://[2001:db8::1]:1',
      { kind: 'tls', host: '2001:db8::1', port: 1 },
      'tls://[2001:db8::1]:1',
    ],
    [
      'https://dns.example',
      { kind: 'https', url: 'https://dns.example/dns-query' },
      'https://dns.example/dns-query',
    ],
    [
      'https://dns.example/q{?dns}',
      { kind: 'https', url: 'https://dns.example/q' },
      'https://dns.example/q',
    ],
    [
      'https://192.0.2.1:8443/x?y=1',
      { kind: 'https', url: 'https://192.0.2.1:8443/x?y=1' },
      'https://192.0.2.1:8443/x?y=1',
    ],
  ];
  for (const [text, endpoint, label] of good) {
    it(`reads ${text}`, () => {
      const read = parseResolverEndpoint(text);
      expect(read).to.deep.equal(endpoint);
      expect(endpointLabel(read)).to.equal(label);
    });
  }

  for (const text of [
    '',
    'dns.example',
    'tcp://dns.example',
    '192.0.2.1:',
    '192.0.2.1:0',
    '192.0.2.1:65536',
    '192.0.2.1:53x',
    '192.0.2.256',
    '[192.0.2.1]:53',
    '[2001:db8::1',
    '2001:db8::1]:53',
    'tls://',
    'tls://exa_mple',
    'tls://a b',
    'http://dns.example/dns-query',
    'https://',
    'https://user:secret@dns.example/',
    'https://dns.example/#x',
    'ftp://192.0.2.1',
    '192.0.2.1\n',
    '\u001b[31m',
  ]) {
    it(`refuses ${JSON.stringify(text)} with one sentence`, () => {
      const error = failureOf(text);
      expect(error).to.include({ code: 'bad-resolver', exit: 2 });
      expect(error.message).to.match(/^[\x20-\x7e]+\.$/u);
      expect(error.message).not.to.contain('secret');
      expect(error.suggestions).to.have.length(1);
    });
  }

  it('never fails in another way', () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.ipV6(),
      fc.ipV4().map((ip) => `tls://${ip}`),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        try {
          return endpointLabel(parseResolverEndpoint(candidate)) !== '';
        } catch (error) {
          return error instanceof GreyprobeError;
        }
      }),
    );
  });
});
