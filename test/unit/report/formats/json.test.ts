import { expect } from 'chai';
import fc from 'fast-check';
import * as v from 'valibot';
import { CheckResultSchema } from '../../../../src/contract/check-result.js';
import { ProbeResultSchema } from '../../../../src/contract/probe-result.js';
import { json, jsonText } from '../../../../src/report/formats/json.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import {
  HOSTILE_TEXTS,
  hostileCheck,
  hostileProbes,
  measuredResult,
  probes,
} from './support/reports.js';

describe('the json format', () => {
  it('is one object for one probe, and an array for several', async () => {
    const result = await measuredResult();

    expect(JSON.parse(json.render(probes(result), PLAIN))).to.deep.equal(result);
    expect(JSON.parse(json.render(probes(result, result), PLAIN))).to.deep.equal([result, result]);
  });

  it('gives back every hostile text as it was', async () => {
    const result = await measuredResult();
    const check = hostileCheck(result, HOSTILE_TEXTS);
    const several = hostileProbes(result, HOSTILE_TEXTS);

    const read = v.parse(CheckResultSchema, JSON.parse(json.render(check, PLAIN)));
    expect(read.targets.map((one) => one.recipient)).to.deep.equal(HOSTILE_TEXTS);
    const results = v.parse(v.array(ProbeResultSchema), JSON.parse(json.render(several, PLAIN)));
    expect(results.map((one) => one.verdict.summary)).to.deep.equal(HOSTILE_TEXTS);
  });

  it('shows nothing that a terminal or a build server would obey', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE_TEXTS)),
        (text) => {
          const shown = jsonText({ text });
          expect(JSON.parse(shown)).to.deep.equal({ text });
          expect(shown).to.match(/^[^\p{Cc}\u2028\u2029\u202e]*$/u);
          expect(shown).to.not.match(/##\w*\[/u);
        },
      ),
    );
  });
});
