import { expect } from 'chai';
import { GreyprobeError } from '../../../src/model/errors.js';
import { createVirtualResolver } from '../../support/virtual-resolver.js';

const zone = {
  'grey.example': { MX: [[10, 'mx.grey.example.']], ttlSeconds: 60 },
  'mx.grey.example': { A: ['192.0.2.1', '192.0.2.2'] },
  'null.example': { MX: [[0, '']] },
  'alias.example': { CNAME: 'grey.example', ttlSeconds: 30 },
  'round.example': { CNAME: 'about.example' },
  'about.example': { CNAME: 'round.example' },
  'broken.example': 'server-failure',
  'silent.example': 'no-answer',
} as const;

describe('createVirtualResolver', () => {
  it('answers MX and addresses', async () => {
    const resolver = createVirtualResolver(zone, ['grey.example']);
    expect(await resolver.mx('Grey.Example.')).deep.equal({
      status: 'ok',
      canonicalName: 'grey.example',
      data: [{ preference: 10, exchange: 'mx.grey.example' }],
      ttlSeconds: 60,
      authenticated: true,
    });
    expect((await resolver.text('mx.grey.example', 'A')).data).deep.equal([
      '192.0.2.1',
      '192.0.2.2',
    ]);
    expect(resolver.questions).deep.equal(['MX grey.example', 'A mx.grey.example']);
  });

  it('tells no data from no such domain', async () => {
    const resolver = createVirtualResolver(zone);
    expect((await resolver.text('grey.example', 'AAAA')).status).equal('no-data');
    expect((await resolver.text('example', 'A')).status).equal('no-data');
    expect((await resolver.text('gone.example', 'A')).status).equal('no-such-domain');
    expect((await resolver.text('toString', 'A')).status).equal('no-such-domain');
  });

  it('shows the root as an empty exchange', async () => {
    expect((await createVirtualResolver(zone).mx('null.example')).data).deep.equal([
      { preference: 0, exchange: '' },
    ]);
  });

  it('follows aliases, with the smallest TTL', async () => {
    const answer = await createVirtualResolver(zone).mx('alias.example');
    expect(answer).include({ status: 'ok', canonicalName: 'grey.example', ttlSeconds: 30 });
    expect((await createVirtualResolver(zone).text('alias.example', 'CNAME')).data).deep.equal([
      'grey.example',
    ]);
  });

  for (const [name, code] of [
    ['round.example', 'dns-loop'],
    ['broken.example', 'dns-failure'],
    ['silent.example', 'dns-timeout'],
  ] as const) {
    it(`fails with ${code} for ${name}`, async () => {
      const caught: unknown = await createVirtualResolver(zone)
        .mx(name)
        .catch((error: unknown) => error);
      expect(caught).instanceOf(GreyprobeError).property('code', code);
    });
  }
});
