import { expect } from 'chai';
import { greylistedBeforeText } from '../../../../src/core/history/greylisted-before.js';

const BEFORE = {
  word: 'qzkw',
  startedAt: '2026-11-03T02:17:00.000Z',
  opens: { afterSeconds: 299.4, bySeconds: 303 },
  product: 'Postgrey',
  whitelistSeconds: 3_024_000,
};

describe('greylistedBeforeText', () => {
  it('says when, from which age on, and how long such a host knows its guests', () => {
    expect(greylistedBeforeText(BEFORE)).to.equal(
      'It greylisted on 2026-11-03 (run qzkw): a retry passed after 299.4 to 303 s. It lets you in now: Postgrey knows for 35 d whom it let in, as it is shipped.',
    );
  });

  it('claims no time where the product, or its time, is not known', () => {
    const opens = { afterSeconds: 60, bySeconds: null };
    expect(greylistedBeforeText({ ...BEFORE, opens, whitelistSeconds: null })).to.equal(
      'It greylisted on 2026-11-03 (run qzkw): no retry passed. It lets you in now: such lists know for days or weeks whom they let in.',
    );
  });
});
