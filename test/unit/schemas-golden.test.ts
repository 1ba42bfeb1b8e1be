import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { FORMAT_NAMES, FORMATS } from '../../src/report/formats/index.js';
import { resultsOf } from '../../src/report/formats/reporter.js';
import { readReport } from '../../src/report/read-report.js';
import { PLAIN } from '../../src/report/style.js';

const GOLDEN = fileURLToPath(new URL('../golden', import.meta.url));
const SCHEMAS = fileURLToPath(new URL('../../schemas', import.meta.url));

/** Outputs of released versions, by version and file: never changed, only added to. */
const files = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.(?:nd)?json$/u.test(name),
);

function read(name: string): string {
  return readFileSync(`${GOLDEN}/${name}`, 'utf8');
}

function schemaFor(name: string): AnySchemaObject {
  const schema = name.includes('check') ? 'check-result.v1' : 'probe-result.v1';
  return JSON.parse(readFileSync(`${SCHEMAS}/${schema}.json`, 'utf8'));
}

describe('outputs of older versions', () => {
  it('are there', () => {
    expect(files.length).to.be.at.least(7);
  });

  for (const name of files) {
    it(`stay readable, and show in every format: ${name}`, async () => {
      const report = readReport(read(name), name);

      expect(resultsOf(report)).to.not.be.empty;
      for (const format of FORMAT_NAMES) {
        const { render } = await FORMATS[format]();
        expect(render(report, PLAIN), format).to.match(/\S[\r\n]+$/u);
      }
    });
  }

  for (const name of files.filter((one) => one.endsWith('.json'))) {
    it(`hold to the schema of today: ${name}`, () => {
      const validate = new Ajv2020({ strict: false }).compile(schemaFor(name));
      const value: unknown = JSON.parse(read(name));
      for (const one of Array.isArray(value) ? value : [value]) {
        validate(one);
        expect(validate.errors).to.equal(null);
      }
    });
  }
});
