import { expect } from 'chai';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { parseHelo } from '../../../../src/model/values/helo.js';

describe('parseHelo', () => {
  const names: readonly [string, string][] = [
    ['Mail.Example.ORG', 'mail.example.org'],
    ['mail.example.org.', 'mail.example.org'],
    ['post.münchen.example', 'post.xn--mnchen-3ya.example'],
    ['[192.0.2.1]', '[192.0.2.1]'],
    ['[IPv6:2001:db8::1]', '[IPv6:2001:db8::1]'],
  ];
  for (const [text, name] of names) {
    it(`reads ${text}`, () => {
      expect(parseHelo(text)).to.equal(name);
    });
  }

  const refused: readonly [string, RegExp][] = [
    ['', /empty/],
    ['localhost', /'localhost' is not fully qualified/],
    ['192.0.2.1', /'192\.0\.2\.1' is a bare address/],
    ['2001:db8::1', /bare address/],
    ['[192.0.2]', /not an address literal/],
    ['mail example.org', /space/],
    ['mail.example.org\r\nRSET', /control/],
    ['mail_out.example.org', /'_'/],
    ['user@example.org', /'@'/],
    [`${'a.'.repeat(200)}example`, /253 are allowed/],
  ];
  for (const [text, message] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(() => parseHelo(text))
        .to.throw(GreyprobeError, message)
        .that.includes({ code: 'bad-helo', exit: 2 });
    });
  }

  it('says how to write a bare address', () => {
    expect(() => parseHelo('2001:db8::1'))
      .to.throw(GreyprobeError)
      .with.nested.property('suggestions[0]')
      .that.includes('[IPv6:2001:db8::1]');
  });
});
