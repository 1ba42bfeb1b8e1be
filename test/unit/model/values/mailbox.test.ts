import { expect } from 'chai';
import fc from 'fast-check';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { parseMailbox } from '../../../../src/model/values/mailbox.js';

function refusal(text: string): GreyprobeError {
  try {
    parseMailbox(text);
  } catch (error) {
    if (error instanceof GreyprobeError) return error;
    throw error;
  }
  throw new Error(`${text} was not refused`);
}

describe('parseMailbox', () => {
  it('reads an address', () => {
    expect(parseMailbox('Some.User+tag@Example.ORG')).to.deep.equal({
      localPart: 'Some.User+tag',
      domain: 'example.org',
      literalAddress: null,
      address: 'Some.User+tag@example.org',
      needsSmtpUtf8: false,
    });
  });

  const addresses: readonly [string, string][] = [
    ['a@b', 'a@b'],
    ["o'neil!#$%&*+-/=?^_`{|}~@example.org", "o'neil!#$%&*+-/=?^_`{|}~@example.org"],
    ['user@münchen.example', 'user@xn--mnchen-3ya.example'],
    ['user@example.org.', 'user@example.org'],
    ['user@[192.0.2.1]', 'user@[192.0.2.1]'],
    ['user@192.0.2.1', 'user@[192.0.2.1]'],
    ['user@[IPv6:2001:db8::1]', 'user@[IPv6:2001:db8::1]'],
    ['"odd,name"@example.org', '"odd,name"@example.org'],
    ['"a@b"@example.org', '"a@b"@example.org'],
    [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
  ];
  for (const [text, address] of addresses) {
    it(`reads ${text}`, () => {
      expect(parseMailbox(text).address).to.equal(address);
    });
  }

  it('gives the address inside a literal', () => {
    expect(parseMailbox('user@[IPv6:2001:db8::1]').literalAddress).to.equal('2001:db8::1');
  });

  it('says when SMTPUTF8 is needed: for the local part, not for the domain', () => {
    expect(parseMailbox('müller@example.org').needsSmtpUtf8).to.equal(true);
    expect(parseMailbox('user@müller.example').needsSmtpUtf8).to.equal(false);
    expect(parseMailbox('user@نامه\u200cای.example').domain).to.equal(
      'xn--mgba3gch31f060k.example',
    );
  });

  const refused: readonly [string, string, RegExp][] = [
    ['', 'bad-address', /^The address is empty\.$/],
    ['<>', 'null-sender', /null sender <> cannot be used/],
    ['userexample.org', 'bad-address', /^'userexample\.org' has no @/],
    ['@example.org', 'bad-address', /nothing before the @/],
    ['user@', 'bad-address', /no domain after the @/],
    ['user@example.org\r\nRSET', 'bad-address', /^The address contains a line break\.$/],
    ['user@example.org\n', 'bad-address', /line break/],
    ['us\u0000er@example.org', 'bad-address', /control or invisible/],
    ['us\u001b[31mer@example.org', 'bad-address', /control or invisible/],
    ['us\u202eer@example.org', 'bad-address', /control or invisible/],
    ['us\u200ber@example.org', 'bad-address', /control or invisible/],
    ['us\u200cer@example.org', 'bad-address', /control or invisible/],
    ['us\u200cer', 'bad-address', /^'us\\u\{200c\}er' has no @/],
    ['user@a\u200cb.example', 'bad-domain', /^'a\\u\{200c\}b\.example' is not a valid/],
    ['us er@example.org', 'bad-address', /contains a space/],
    ['us\u00a0er@example.org', 'bad-address', /contains a space/],
    ['<user@example.org>', 'bad-address', /angle bracket/],
    ['user@example.org>', 'bad-address', /angle bracket/],
    [`${'a'.repeat(65)}@example.org`, 'bad-address', /has 65 bytes; 64 are allowed/],
    [`${'ä'.repeat(33)}@example.org`, 'bad-address', /has 66 bytes; 64 are allowed/],
    [`${'a'.repeat(64)}@${'abcdefg.'.repeat(24)}example`, 'bad-address', /bytes; 254 are allowed/],
    ['.user@example.org', 'bad-address', /begins or ends with a dot/],
    ['user.@example.org', 'bad-address', /begins or ends with a dot/],
    ['us..er@example.org', 'bad-address', /two dots in a row/],
    ['us,er@example.org', 'bad-address', /contains ','/],
    ['a@b@example.org', 'bad-address', /contains '@'/],
    ['"us"er@example.org', 'bad-address', /quoted part/],
    ['"us\\"er"@example.org', 'bad-address', /quoted part/],
    ['""@example.org', 'bad-address', /quoted part/],
    ['user@exa_mple.org', 'bad-domain', /'_'/],
    ['user@[192.0.2.256]', 'bad-domain', /not an address literal/],
  ];
  for (const [text, code, message] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      const error = refusal(text);
      expect(error.code).to.equal(code);
      expect(error.message).to.match(message);
      expect(error.exit).to.equal(2);
    });
  }

  it('lets nothing through that could end a command, and is the same when read again', () => {
    const odd = fc.constantFrom(
      'a',
      '.',
      '@',
      '"',
      '<',
      '>',
      ' ',
      '\r',
      '\n',
      '\0',
      'ä',
      '[',
      ']',
      '\\',
    );
    const text = fc.oneof(
      fc.array(odd, { maxLength: 12 }).map((parts) => `${parts.join('')}@example.org`),
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
    );
    fc.assert(
      fc.property(text, (given) => {
        let address: string;
        try {
          address = parseMailbox(given).address;
        } catch (error) {
          expect(error).to.be.instanceOf(GreyprobeError);
          return;
        }
        expect(address).to.not.match(/[\p{Cc}\s<>\\]/u);
        expect(Buffer.byteLength(address)).to.be.at.most(254);
        expect(parseMailbox(address).address).to.equal(address);
      }),
      { numRuns: 500 },
    );
  });

  it('never echoes a control character in its error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseMailbox(text);
        } catch (error) {
          expect(error instanceof GreyprobeError && error.message).to.not.match(/\p{Cc}/u);
        }
      }),
    );
  });
});
