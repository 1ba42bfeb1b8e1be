import { expect } from 'chai';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { parseHost } from '../../../../src/model/values/host.js';

describe('parseHost', () => {
  for (const [text, host] of [
    ['MX.example.org', 'mx.example.org'],
    ['mx.bücher.example', 'mx.xn--bcher-kva.example'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['[192.0.2.1]', '192.0.2.1'],
    ['[IPv6:2001:db8::1]', '2001:db8::1'],
    ['[ipv6:2001:db8::1]', '2001:db8::1'],
  ] as const) {
    it(`reads ${text}`, () => expect(parseHost(text)).to.equal(host));
  }

  for (const [text, code, says] of [
    ['192.0.2.1:25', 'bad-host', "The host '192.0.2.1:25' has a port with it."],
    ['mx.example.org:587', 'bad-host', "The host 'mx.example.org:587' has a port with it."],
    ['[2001:db8::1]:25', 'bad-host', "The host '[2001:db8::1]:25' has a port with it."],
    ['[::1]', 'bad-domain', "'[::1]' is not an address literal."],
    ['mx example', 'bad-domain', "The domain 'mx example' contains a space."],
    ['', 'bad-domain', 'The domain is empty.'],
  ] as const) {
    it(`refuses '${text}'`, () => {
      expect(() => parseHost(text))
        .to.throw(GreyprobeError, says)
        .with.property('code', code);
    });
  }
});
