import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { explainText } from '../../../../src/tasks/explain/explain.js';

/*
 * Replies as people reported them, with what was the matter: the lines of test/corpus/reported.jsonl.
 * `ambiguous` beside a class: the words do not decide, so nothing may be likely but that class.
 */

interface Reported {
  readonly text: string;
  readonly classes: readonly string[];
}

const REPORTED: readonly Reported[] = readFileSync(
  new URL('../../../corpus/reported.jsonl', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

describe('replies that people reported', () => {
  for (const { text, classes } of REPORTED) {
    it(`${classes.join(' or ')}: ${text.slice(0, 100)}`, async () => {
      const { findings } = await explainText(text, { name: 'text' });
      const [found] = findings;
      expect(found, 'a finding').to.not.equal(undefined);
      if (classes.includes('ambiguous')) {
        const likely = found?.hypotheses.filter(({ confidence }) => confidence === 'likely') ?? [];
        expect(classes).to.include.members(likely.map((reading) => reading.class));
        return;
      }
      expect(found?.class, JSON.stringify(found?.hypotheses)).to.be.oneOf([...classes]);
    });
  }
});
