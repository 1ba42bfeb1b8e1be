import { expect } from 'chai';
import { sendersNamed } from '../../../../src/core/advice/senders.js';
import { fitsLog, replay } from '../../../../src/core/observe/compare-settings.js';

/** Postfix as it ships: it tries again after 5 to 10 min. */
describe('a present setting held against the log', () => {
  const fits = (messages: number, loggedSeconds: number) => {
    const [postfix] = sendersNamed('postfix');
    const now = postfix === undefined ? null : replay(postfix, [{ messages, opens: [1, 200] }]);
    return now !== null && fitsLog(now, loggedSeconds);
  };

  it('fits one mail that waited as long as chance lets it', () => {
    expect(fits(1, 310)).equal(true);
    expect(fits(1, 590)).equal(true);
    expect(fits(1, 1900)).equal(false);
  });

  it('does not fit many that all came back that soon', () => {
    expect(fits(100, 100 * 450)).equal(true);
    expect(fits(100, 100 * 310)).equal(false);
  });
});
