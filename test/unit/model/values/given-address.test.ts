import { expect } from 'chai';
import { GreyprobeError } from '../../../../src/model/errors.js';
import {
  bareAddress,
  bareRecipient,
  bareTarget,
} from '../../../../src/model/values/given-address.js';

function refusal(act: () => unknown): string {
  try {
    return `read ${act()}`;
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    expect(error.suggestions).to.have.length.greaterThan(0);
    expect(error.exit).to.equal(2);
    return `${error.code}: ${error.message}`;
  }
}

describe('addresses as people give them', () => {
  const read: readonly (readonly [given: string, address: string])[] = [
    ['user@example.org', 'user@example.org'],
    ['  user@example.org\t', 'user@example.org'],
    ['<user@example.org>', 'user@example.org'],
    ['Jane Doe <user@example.org>', 'user@example.org'],
    ['"Doe, Jane" <user@example.org>', 'user@example.org'],
    ['\u201cJane\u201d <user@example.org>', 'user@example.org'],
    ['mailto:user@example.org', 'user@example.org'],
    ['MAILTO:user@example.org?subject=Hello', 'user@example.org'],
    ['<mailto:user@example.org>', 'user@example.org'],
    ['Probe <probe-{nonce}@sender.example>', 'probe-{nonce}@sender.example'],
    // For the next reader to judge.
    ['what?ever@example.org', 'what?ever@example.org'],
    ['<>', '<>'],
    ['a <b> c@example.org', 'a <b> c@example.org'],
  ];
  for (const [given, address] of read) {
    it(`give ${address} for ${JSON.stringify(given)}`, () => {
      expect(bareAddress(given)).to.equal(address);
    });
  }

  const typographic: readonly (readonly [given: string, called: string])[] = [
    ['\u2018user@example.org\u2019', 'a typographic quotation mark (\u2018)'],
    ['\u201cuser@example.org\u201d', 'a typographic quotation mark (\u201c)'],
    ['\u00abuser@example.org\u00bb', 'a typographic quotation mark (\u00ab)'],
    ['first\u2013last@example.org', 'a typographic dash (\u2013)'],
    ['user@ex\u2010ample.org', 'a typographic dash (\u2010)'],
    ['\u2018{nonce}@sender.example\u2019', 'a typographic quotation mark (\u2018)'],
  ];
  for (const [given, called] of typographic) {
    it(`are refused with what they hold: ${given}`, () => {
      expect(refusal(() => bareAddress(given)))
        .to.match(/^typographic-mark: /u)
        .and.to.contain(called);
    });
  }

  it('are refused as recipients where they are something else', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['probe-{nonce}@sender.example', 'recipient-is-sender'],
      ['example.org', 'recipient-is-domain'],
      ['example.org.', 'recipient-is-domain'],
      ['https://example.org/contact', 'recipient-is-domain'],
      ['smtp://mx.example.org:25', 'recipient-is-domain'],
      ['user', 'read user'],
      ['user@example.org', 'read user@example.org'],
    ];
    for (const [given, expected] of cases) {
      expect(
        refusal(() => bareRecipient(given)),
        given,
      ).to.match(new RegExp(`^${expected}`, 'u'));
    }
  });

  it('shows no control characters', () => {
    expect(refusal(() => bareRecipient('{nonce}\u001b[31m@x.example'))).not.to.match(/\p{Cc}/u);
  });

  it('give the domain of a URL where mail hosts are asked for', () => {
    expect(bareTarget('https://example.org/contact?a=b')).to.equal('example.org');
    expect(bareTarget('Jane <user@example.org>')).to.equal('user@example.org');
    expect(bareTarget('example.org')).to.equal('example.org');
    expect(bareTarget('[192.0.2.1]')).to.equal('[192.0.2.1]');
  });
});
