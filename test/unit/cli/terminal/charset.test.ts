import { expect } from 'chai';
import { takesUtf8 } from '../../../../src/cli/terminal/charset.js';

describe('takesUtf8', () => {
  const cases: readonly (readonly [environment: Record<string, string>, utf8: boolean])[] = [
    [{}, true],
    [{ LANG: 'C.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{ LANG: 'en_US.UTF-8', LC_CTYPE: 'POSIX' }, false],
    [{ LANG: 'C', LC_ALL: 'en_US.UTF-8' }, true],
    [{ LANG: 'C', LC_ALL: '' }, false],
  ];
  for (const [environment, utf8] of cases) {
    it(`${JSON.stringify(environment)}: ${utf8 ? 'yes' : 'no'}`, () => {
      expect(takesUtf8(environment)).to.equal(utf8);
    });
  }
});
