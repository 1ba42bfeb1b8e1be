import { expect } from 'chai';
import fc from 'fast-check';
import { GreyprobeError } from '../../../../src/model/errors.js';
import {
  isUsableHostName,
  parseDomain,
  parseMailDomain,
  parseMailTarget,
} from '../../../../src/model/values/domain.js';

function failureOf(work: () => unknown): GreyprobeError {
  try {
    work();
  } catch (error) {
    if (error instanceof GreyprobeError) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

describe('parseDomain', () => {
  const good: Record<string, string> = {
    'example.org': 'example.org',
    'EXAMPLE.Org.': 'example.org',
    localhost: 'localhost',
    'a-b.c--d.1.example': 'a-b.c--d.1.example',
    'bücher.example': 'xn--bcher-kva.example',
    'BÜCHER.example': 'xn--bcher-kva.example',
    'faß.example': 'xn--fa-hia.example',
    '例え。テスト': 'xn--r8jz45g.xn--zckzah',
    'xn--bcher-kva.example': 'xn--bcher-kva.example',
    // With a joiner, where Persian and Sinhala need one.
    'نامه\u200cای.example': 'xn--mgba3gch31f060k.example',
    'ශ්\u200dරී.example': 'xn--10cl1a0b660p.example',
    [`${'a'.repeat(63)}.example`]: `${'a'.repeat(63)}.example`,
  };
  for (const [text, domain] of Object.entries(good)) {
    it(`reads ${text} as ${domain}`, () => {
      expect(parseDomain(text)).to.equal(domain);
    });
  }

  const bad: Record<string, string> = {
    '': 'The domain is empty.',
    '.': "'.' is the root of the DNS, not a mail domain.",
    'a..b': "The domain 'a..b' has an empty part: two dots in a row.",
    '.example.org': "The domain '.example.org' has an empty part: two dots in a row.",
    'exam ple.org': "The domain 'exam ple.org' contains a space.",
    'example.org\r\nQUIT': 'The domain contains a control or invisible character.',
    'example\u0000.org': 'The domain contains a control or invisible character.',
    '\u202egro.elpmaxe': 'The domain contains a control or invisible character.',
    'user@example.org': "'user@example.org' is not a domain: it contains an '@'.",
    'ex_ample.org': "The domain 'ex_ample.org' contains '_', which no mail domain may have.",
    'ex%61mple.org': "The domain 'ex%61mple.org' contains '%', which no mail domain may have.",
    'büch%65r.example':
      "The domain 'büch%65r.example' contains '%', which no mail domain may have.",
    '-example.org': "A part of the domain '-example.org' begins or ends with a hyphen.",
    'example-.org': "A part of the domain 'example-.org' begins or ends with a hyphen.",
    'xn--a.example': "'xn--a.example' is not a valid international domain name.",
    'a\u200cb.example': "'a\\u{200c}b.example' is not a valid international domain name.",
    'ex\u00adample.org': 'The domain contains a control or invisible character.',
    'fe80::1%eth0': "'fe80::1%eth0' is an address with a zone, which no address literal can have.",
    '192.0.2.1': "'192.0.2.1' is an address, not a domain.",
    '2001:db8::1': "'2001:db8::1' is an address, not a domain.",
    '1.2.3': "'1.2.3' is not a domain: its last part is a number.",
    '１.２.３.４': "'１.２.３.４' is not a domain: its last part is a number.",
  };
  for (const [text, message] of Object.entries(bad)) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const error = failureOf(() => parseDomain(text));
      expect(error.message).to.equal(message);
      expect(error).to.include({ code: 'bad-domain', exit: 2 });
    });
  }

  it('refuses a part of more than 63 characters, and more than 253 in all', () => {
    const long = failureOf(() => parseDomain(`${'a'.repeat(64)}.example`));
    expect(long.message).to.match(
      /^A part of the domain '.*' has 64 characters; 63 are allowed\.$/u,
    );
    const label = 'a'.repeat(49);
    const most = `${label}.${label}.${label}.${label}.${label}.abc`;
    expect(parseDomain(most)).to.have.length(253);
    expect(failureOf(() => parseDomain(`a${most}`)).message).to.match(
      /' has 254 characters; 253 are allowed\.$/u,
    );
    expect(failureOf(() => parseDomain('ü.'.repeat(5000))).message).to.equal(
      'The domain is far too long.',
    );
  });

  it('says how to write an address', () => {
    expect(failureOf(() => parseDomain('2001:db8::1')).suggestions).to.deep.equal([
      'Write an address as [IPv6:2001:db8::1].',
    ]);
  });

  it('gives only what a DNS question and an SMTP command can carry, or a usage error', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string(), fc.domain());
    fc.assert(
      fc.property(text, (candidate) => {
        let domain: string;
        try {
          domain = parseDomain(candidate);
        } catch (error) {
          return error instanceof GreyprobeError && !/[\p{Cc}\p{Cf}]/u.test(error.message);
        }
        return isUsableHostName(domain) && /^[a-z0-9.-]+$/u.test(domain);
      }),
    );
  });

  it('gives a domain that reads as itself', () => {
    fc.assert(
      fc.property(
        fc.domain(),
        (domain) => parseDomain(parseDomain(domain)) === parseDomain(domain),
      ),
    );
  });
});

describe('parseMailDomain', () => {
  it('reads a domain', () => {
    expect(parseMailDomain('Example.org')).to.deep.equal({ kind: 'domain', domain: 'example.org' });
  });

  for (const [text, address] of [
    ['[192.0.2.1]', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['[IPv6:2001:db8::1]', '2001:db8::1'],
    ['[ipv6:2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[IPv6:::ffff:192.0.2.1]', '::ffff:192.0.2.1'],
  ] as const) {
    it(`reads the address ${text}`, () => {
      expect(parseMailDomain(text)).to.deep.equal({ kind: 'address', address });
    });
  }

  for (const text of [
    '[2001:db8::1]',
    '[192.0.2.256]',
    '[IPv6:192.0.2.1]',
    '[example.org]',
    '[192.0.2.1',
    '[]',
    '[192.0.2.1]x',
    '[192.0.2.1\r\n]',
    'fe80::1%eth0',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(failureOf(() => parseMailDomain(text))).to.include({ code: 'bad-domain', exit: 2 });
    });
  }
});

describe('parseMailTarget', () => {
  it('takes the domain of a mail address', () => {
    const expected = { kind: 'domain', domain: 'example.org' };
    expect(parseMailTarget('user@example.org')).to.deep.equal(expected);
    expect(parseMailTarget('"a@b"@example.org')).to.deep.equal(expected);
    expect(parseMailTarget('example.org')).to.deep.equal(expected);
    expect(parseMailTarget('user@[192.0.2.1]')).to.deep.equal({
      kind: 'address',
      address: '192.0.2.1',
    });
  });

  it('refuses half a mail address', () => {
    expect(failureOf(() => parseMailTarget('user@')).message).to.equal(
      "There is no domain after the '@'.",
    );
    expect(failureOf(() => parseMailTarget('@example.org')).message).to.equal(
      "There is no local part before the '@'.",
    );
    expect(failureOf(() => parseMailTarget('')).message).to.equal('The domain is empty.');
  });
});
