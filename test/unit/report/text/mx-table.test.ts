import { expect } from 'chai';
import fc from 'fast-check';
import type { MxResult } from '../../../../src/contract/mx-result.js';
import { renderMx } from '../../../../src/report/text/mx-table.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { expectToFit } from '../support/fits.js';

const RESULT: MxResult = {
  schema: 'greyprobe.mx-result.v1',
  domain: 'example.org',
  kind: 'hosts',
  hosts: [
    {
      name: 'mx1.example.org',
      preference: 10,
      addresses: ['192.0.2.1', '2001:db8::25'],
      origin: 'mx',
    },
    { name: 'mx2.example.org', preference: 20, addresses: [], origin: 'mx' },
  ],
  ttlSeconds: 3600,
  authenticated: false,
  warnings: [
    {
      code: 'mx-no-address',
      host: 'mx2.example.org',
      message: 'The mail host mx2.example.org has no address; mail cannot be sent to it.',
    },
  ],
};

describe('the table of mail hosts', () => {
  it('shows hosts, addresses, notes, and the warnings after it', () => {
    expect(renderMx(RESULT)).to.equal(
      [
        'example.org has 2 mail hosts. The answer may be kept for 3600 s.',
        '',
        'pref  mail host        address       note',
        '  10  mx1.example.org  192.0.2.1',
        '                       2001:db8::25',
        '  20  mx2.example.org  -             no address',
        '',
        'Warning: The mail host mx2.example.org has no address; mail cannot be sent to',
        '         it.',
      ].join('\n'),
    );
  });

  it('gives a long name a line of its own', () => {
    const name = `${'mail-host-with-a-long-name.'.repeat(2)}example.org`;
    const address = '2001:db8:1111:2222:3333:4444:5555:6666';
    const hosts = [{ name, preference: 5, addresses: [address], origin: 'mx' as const }];
    expect(
      renderMx({ ...RESULT, hosts, warnings: [], authenticated: true }).split('\n'),
    ).to.deep.equal([
      'example.org has 1 mail host. The answer may be kept for 3600 s. DNSSEC: verified',
      'by the resolver.',
      '',
      'pref  mail host                     address                                 note',
      `   5  ${name}`,
      `                                    ${address}`,
    ]);
  });

  it('does not count the hosts where not all of them were looked up', () => {
    const warning = { code: 'mx-too-many', message: 'Eleven.', host: null };
    const [host] = RESULT.hosts;
    const hosts = Array.from({ length: 10 }, () => host).flatMap((one) => one ?? []);
    expect(renderMx({ ...RESULT, hosts, warnings: [warning] })).to.match(
      /^example\.org has more than 10 mail hosts\./u,
    );
  });

  it('says in one sentence why there is no mail', () => {
    const none = { ...RESULT, hosts: [], warnings: [] };
    expect(renderMx({ ...none, kind: 'null-mx' })).to.equal(
      'example.org takes no mail: it has a null MX (RFC 7505).',
    );
    expect(renderMx({ ...none, kind: 'no-such-domain' })).to.equal(
      'example.org does not exist in the DNS.',
    );
    const alias = { code: 'domain-is-alias', message: 'An alias.', host: 'gone.example' };
    expect(renderMx({ ...none, kind: 'no-such-domain', warnings: [alias] })).to.equal(
      'example.org is an alias of gone.example, which does not exist in the DNS.\n\nWarning: An alias.',
    );
    expect(renderMx({ ...none, kind: 'no-hosts' })).to.equal(
      'example.org takes no mail: it has neither MX nor address records.',
    );
  });

  it('tells implicit and given hosts, which have no preference', () => {
    const host = { name: 'example.org', preference: 0, addresses: ['192.0.2.1'] };
    const implicit = renderMx({
      ...RESULT,
      hosts: [{ ...host, origin: 'implicit' }],
      warnings: [],
    });
    expect(implicit).to.contain('has no MX record: it is its own mail host');
    expect(implicit).to.contain('\n   -  example.org');
    expect(renderMx({ ...RESULT, hosts: [{ ...host, origin: 'given' }], warnings: [] })).to.contain(
      'is an address',
    );
  });

  it('styles no padding and no addresses, so that copied text is clean', () => {
    const mark = (text: string) => `<${text}>`;
    const text = renderMx(RESULT, {
      ...PLAIN,
      strong: mark,
      faint: mark,
      warning: mark,
    });
    expect(text.split('\n').filter((line) => line.includes('<'))).to.deep.equal([
      '<example.org has 2 mail hosts. The answer may be kept for 3600 s.>',
      '<pref  mail host        address       note>',
      '<Warning:> The mail host mx2.example.org has no address; mail cannot be sent to',
    ]);
  });

  it('puts addresses and notes below the names where there is no room beside them', () => {
    expect(
      renderMx(RESULT, { ...PLAIN, columns: 40 })
        .split('\n')
        .slice(3, -4),
    ).to.deep.equal([
      'pref  mail host',
      '  10  mx1.example.org',
      '        192.0.2.1',
      '        2001:db8::25',
      '  20  mx2.example.org',
      '        no address',
    ]);
  });

  it('fits its columns, shows no control character and loses nothing', () => {
    const name = fc.string({ minLength: 1, maxLength: 253 }).filter((text) => !text.includes(' '));
    const host = fc.record({
      name,
      preference: fc.nat(65_535),
      addresses: fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 4 }),
      origin: fc.constantFrom('mx' as const),
    });
    fc.assert(
      fc.property(
        fc.array(host, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 3 }),
        (hosts, messages) => {
          const warnings = messages.map((message) => ({
            code: 'mx-is-address',
            message,
            host: hosts[0]?.name ?? null,
          }));
          const text = renderMx({ ...RESULT, hosts, warnings });
          expect(text).not.to.match(/(?!\n)\p{Cc}/u);
          expectToFit((style) => renderMx({ ...RESULT, hosts, warnings }, style));
          const narrow = renderMx({ ...RESULT, hosts, warnings }, { ...PLAIN, columns: 60 });
          for (const { addresses } of hosts) {
            for (const address of addresses) {
              expect(text).to.contain(address);
              expect(narrow).to.contain(address);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
