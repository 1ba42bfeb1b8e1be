import { expect } from 'chai';
import {
  isVariant,
  keyFindings,
  otherHelo,
  variantsOf,
} from '../../../../src/core/evidence/key.js';
import { ACCEPTED, PINNED, Story, type Told } from '../run/support/story.js';

const CONTROL: Told = { tuple: 2, role: 'control' };
const OTHER_HELO: Told = { tuple: 1, role: 'confirm', helo: 'other.client.sender.example' };
const OTHER_CLIENT: Told = { tuple: 1, role: 'confirm', client: '198.51.100.7' };

/** The first tuple planted, then a connection with these attempts. */
const tried = (...attempts: readonly Told[]) =>
  new Story().session(0, [{ tuple: 1 }]).session(600, attempts).state;

const found = (...attempts: readonly Told[]) =>
  keyFindings(tried(...attempts)).map(({ part, inKey, attempt }) => [part, inKey, attempt]);

describe('a variant of a tuple', () => {
  it('shares its sender, and differs in one part', () => {
    const state = tried(CONTROL, OTHER_HELO);
    const variants = variantsOf(state).map(({ base, part, attempt }) => [base.id, part, attempt.n]);
    expect(variants).to.deep.equal([['t1', 'helo', 3]]);
    const of = (n: number) => state.attempts[n - 1]?.tuple ?? expect.fail();
    expect([of(1), of(2), of(3)].map((tuple) => isVariant(state, tuple))).to.deep.equal([
      false,
      false,
      true,
    ]);
  });

  it('may differ in its client address or its recipient', () => {
    const state = tried(OTHER_CLIENT);
    expect(variantsOf(state).map(({ part }) => part)).to.deep.equal(['client']);
    const attempts = state.attempts.map((one) =>
      one.n === 1 ? one : { ...one, tuple: { ...one.tuple, recipient: 'other@example.org' } },
    );
    expect(variantsOf({ ...state, attempts }).map(({ part }) => part)).to.deep.equal(['recipient']);
  });

  it('counts at the pinned host only', () => {
    const { state } = new Story()
      .session(0, [{ tuple: 1 }])
      .session(600, [OTHER_HELO], { ...PINNED, port: 26 });
    expect(variantsOf(state)).to.deep.equal([]);
    expect(variantsOf({ ...tried(OTHER_HELO), pinned: null })).to.deep.equal([]);
  });
});

describe('whether a part belongs to the key', () => {
  it('shows beside a control that was deferred', () => {
    expect(found(CONTROL, { ...OTHER_HELO, reply: ACCEPTED })).to.deep.equal([['helo', false, 3]]);
    expect(found(CONTROL, OTHER_HELO)).to.deep.equal([['helo', true, 3]]);
  });

  it('does not show where the control passed, was in another connection, or is not there', () => {
    expect(found({ ...CONTROL, reply: ACCEPTED }, OTHER_HELO)).to.deep.equal([['helo', null, 3]]);
    expect(found(OTHER_HELO)).to.deep.equal([['helo', null, 2]]);
    expect(found({ ...CONTROL, role: 'retry' }, OTHER_HELO)).to.deep.equal([['helo', null, 3]]);
  });

  it('does not show where the variant was rejected, or not answered', () => {
    const denied = { code: 550, enhanced: '5.7.1', text: ['Denied'] };
    expect(found(CONTROL, { ...OTHER_HELO, reply: denied })).to.deep.equal([['helo', null, 3]]);
    expect(found(CONTROL, { ...OTHER_HELO, lost: 'timeout' })).to.deep.equal([['helo', null, 3]]);
    expect(found({ ...CONTROL, lost: 'timeout' }, OTHER_HELO)).to.deep.equal([['helo', null, 3]]);
    expect(found(CONTROL, { ...OTHER_HELO, lost: 'never' })).to.deep.equal([['helo', null, 3]]);
  });
});

describe('another HELO name', () => {
  it('belongs to the same place', () => {
    expect(otherHelo('mail.example')).to.equal('other.mail.example');
    expect(otherHelo('[192.0.2.7]')).to.equal('other.invalid');
  });
});
