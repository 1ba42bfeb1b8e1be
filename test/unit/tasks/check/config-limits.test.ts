import { expect } from 'chai';
import { parseConfig } from '../../../../src/tasks/check/config-file.js';

/** What grows with the square takes minutes. */
const MOST_MS = 5000;

describe('a configuration of great size', () => {
  const SIZES: Readonly<Record<string, string>> = {
    '4,000 aliases': `a: &a 1\nb: [${'*a, '.repeat(4000)}1]\n`,
    '40,000 aliases': `a: &a 1\nb: [${'*a, '.repeat(40_000)}1]\n`,
    'aliases of aliases': [
      'a0: &a0 [x]',
      ...Array.from({ length: 60 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`),
    ].join('\n'),
    '50,000 keys': Array.from({ length: 50_000 }, (_, n) => `k${n}: 1`).join('\n'),
    'lists in lists': `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    'lists in lists, as blocks': '- '.repeat(20_000),
    'maps in maps': Array.from({ length: 700 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
  };
  for (const [what, text] of Object.entries(SIZES)) {
    it(`is refused soon and in a sentence: ${what}`, () => {
      const began = process.cpuUsage();
      expect(() => parseConfig(text, 'a.yaml', {})).to.throw(/^a\.yaml[:\d]*: /u);
      // Of the processor, not of the clock: other tests run beside this one.
      const { user, system } = process.cpuUsage(began);
      expect((user + system) / 1000).to.be.below(MOST_MS);
    }).timeout(30_000);
  }
});
