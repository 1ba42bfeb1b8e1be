import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { explainText } from '../../../../src/tasks/explain/explain.js';

/*
 * Inputs as people have them, from programs of all kinds, with what has to come out: the lines of
 * test/corpus/inputs.jsonl.
 */

interface Variant {
  readonly name: string;
  readonly text: string;
  readonly class?: string;
  /** `false`: not the first reading. `not likely`: not a likely one. */
  readonly greylisting?: false | 'not likely';
  readonly code?: string;
  readonly recipient?: string;
  readonly host?: string;
  readonly stage?: string;
  readonly fate?: string;
  readonly waitSeconds?: number;
}

const VARIANTS: readonly Variant[] = readFileSync(
  new URL('../../../corpus/inputs.jsonl', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

describe('inputs as people have them', () => {
  for (const { name, text, greylisting, ...expected } of VARIANTS) {
    it(name, async () => {
      const { findings } = await explainText(text, { name: 'text' });
      const [found] = findings;
      const { reply, hint } = found ?? {};
      const shown: Omit<Variant, 'name' | 'text'> = {
        ...(found?.class == null ? {} : { class: found.class }),
        ...(reply == null ? {} : { code: `${reply.code} ${reply.enhanced}` }),
        ...(found?.recipient == null ? {} : { recipient: found.recipient }),
        ...(found?.remoteHost == null ? {} : { host: found.remoteHost }),
        ...(found?.stage == null ? {} : { stage: found.stage }),
        ...(found === undefined ? {} : { fate: found.fate }),
        ...(hint == null ? {} : { waitSeconds: hint.seconds }),
      };
      expect(found, 'a finding').not.equal(undefined);
      expect(shown).deep.include(expected);
      if (greylisting === undefined) return;
      const grey = found?.hypotheses.find((one) => one.class === 'greylisting');
      expect(grey?.confidence).not.equal('likely');
      if (greylisting === false) expect(found?.class).not.equal('greylisting');
    });
  }
});
