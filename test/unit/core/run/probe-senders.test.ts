import { expect } from 'chai';
import fc from 'fast-check';
import {
  hasAlikeSenders,
  kindsOf,
  mintNonce,
  nextSender,
  sendersLeft,
} from '../../../../src/core/run/probe-senders.js';
import {
  senderForTuple,
  senderForWhitelist,
} from '../../../../src/sandbox/sender-normalisation.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';

const NORMALISATIONS = [
  'none',
  'lower-case',
  'strip-extension',
  'postgrey',
  'sqlgrey-awl',
] as const;

describe('a nonce', () => {
  it('is one lower-case word of letters, some of them outside a-f', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const nonce = mintNonce(createVirtualRandom(seed));
        expect(nonce).to.match(/^[a-z]{10}$/u);
        expect(nonce.replace(/[a-f]/gu, '').length).to.be.at.least(3);
      }),
    );
  });

  it('stays a sender of its own whatever a greylister does to senders', () => {
    const random = createVirtualRandom(1);
    const nonces = Array.from({ length: 500 }, () => mintNonce(random));
    for (const normalisation of NORMALISATIONS) {
      for (const template of ['probe-{}@sender.example', '{}@sender.example']) {
        const senders = nonces.map((nonce) => template.replace('{}', nonce));
        const asTuples = senders.map((sender) => senderForTuple(sender, normalisation));
        const asWhitelisted = senders.map((sender) =>
          senderForWhitelist(sender, 'user@example.org', normalisation),
        );
        expect(new Set(asTuples).size, normalisation).to.equal(nonces.length);
        expect(new Set(asWhitelisted).size, normalisation).to.equal(nonces.length);
      }
    }
  });
});

describe('a pool of senders', () => {
  const random = createVirtualRandom(7);

  it('gives the addresses of a list in their order, then none', () => {
    const pool = { kind: 'list', addresses: ['a@x.example', 'b@x.example'] } as const;
    expect([0, 1, 2].map((used) => nextSender(pool, used, random))).to.deep.equal([
      'a@x.example',
      'b@x.example',
      null,
    ]);
    expect([0, 1, 2, 3].map((used) => sendersLeft(pool, used))).to.deep.equal([2, 1, 0, 0]);
  });

  const given = (...names: readonly string[]) => {
    const addresses = names.map((name) => `${name}@x.example`);
    const pool = { kind: 'list', addresses } as const;
    const senders = names.flatMap((_, used) => nextSender(pool, used, random) ?? []);
    expect(sendersLeft(pool, 0)).to.equal(senders.length);
    return senders.map((sender) => sender.slice(0, sender.indexOf('@')));
  };

  it('gives one of those senders that some servers take for one', () => {
    expect(given('p+a', 'p+b', 'q')).to.deep.equal(['p+a', 'q']);
    expect(given('q', 'p-1', 'p-22', 'P-3')).to.deep.equal(['q', 'p-1']);
    expect(given('q', 'prvs=tag1=p', 'p')).to.deep.equal(['q', 'prvs=tag1=p']);
    expect(given('p1', 'p2')).to.deep.equal(['p1', 'p2']);
  });

  it('gives all where all are alike: the answers show what they are to the server', () => {
    expect(given('p+a', 'p+b')).to.deep.equal(['p+a', 'p+b']);
  });

  it('gives one of each domain where that makes more senders', () => {
    const firsts = (...addresses: readonly string[]) =>
      addresses.flatMap((_, used) => nextSender({ kind: 'list', addresses }, used, random) ?? []);
    const [ann, bob, cyd, dan] = ['ann@a.test', 'bob@A.test', 'cyd@c.test', 'dan@d.test'];
    expect(firsts(ann, bob, cyd, dan)).to.deep.equal([ann, cyd, dan]);
    expect(firsts(ann, bob, cyd)).to.deep.equal([ann, bob, cyd]);
  });

  it('measures senders of one domain together, and of many where each has its own', () => {
    const kinds = (...addresses: readonly string[]) => {
      const kindOf = kindsOf({ kind: 'list', addresses });
      const tuple = { id: 't', client: null, helo: 'h', recipient: 'r@x.example' };
      return addresses.map((sender) => kindOf({ ...tuple, sender }));
    };
    expect(kinds('ann@a.test', 'bob@a.test', 'cyd@c.test')).to.deep.equal([
      ' a.test',
      ' a.test',
      ' c.test',
    ]);
    expect(kinds('ann@a.test', 'cyd@c.test')).to.deep.equal([' ', ' ']);
  });

  it('knows whether some of them are alike to some servers', () => {
    const list = (...addresses: readonly string[]) => ({ kind: 'list', addresses }) as const;
    const template = (text: string) => ({ kind: 'template', template: text }) as const;
    expect(hasAlikeSenders(list('p-1@x.example', 'p-2@x.example', 'q@x.example'))).to.equal(true);
    expect(hasAlikeSenders(list('p@x.example', 'q@x.example'))).to.equal(false);
    expect(hasAlikeSenders(template('p+{nonce}@x.example'))).to.equal(true);
    expect(hasAlikeSenders(template('p-{nonce}@x.example'))).to.equal(false);
  });

  it('gives a template as many as are wanted, each with one word', () => {
    const pool = { kind: 'template', template: 'a{nonce}b-{nonce}@x.example' } as const;
    const sender = nextSender(pool, 1000, random) ?? '';
    const words = /^a([a-z]{10})b-([a-z]{10})@x\.example$/u.exec(sender);
    expect(words?.[1]).to.equal(words?.[2]);
    expect(nextSender(pool, 1001, random)).to.not.equal(sender);
    expect(sendersLeft(pool, 1_000_000)).to.equal(Number.POSITIVE_INFINITY);
  });
});
