import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import * as v from 'valibot';
import { parse } from 'yaml';
import { readReport } from '../../src/contract/read-report.js';
import { resultsOf } from '../../src/contract/report.js';
import { FORMAT_NAMES, FORMATS } from '../../src/report/formats/index.js';
import { PLAIN } from '../../src/report/text/style.js';
import { ConfigSchema, TargetSchema } from '../../src/tasks/check/config-schema.js';
import { EXPECTATION_NAMES } from '../../src/tasks/check/expectations.js';
import { checkTargets } from '../../src/tasks/check/targets.js';
import { OUTPUT_SCHEMAS, type OutputSchemaName } from '../../src/tasks/output-schemas.js';

const GOLDEN = fileURLToPath(new URL('../golden', import.meta.url));
const SCHEMAS = fileURLToPath(new URL('../../schemas', import.meta.url));

/** Outputs and configurations of released versions: never changed, only added to. */
const names = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' });
const outputs = names.filter((name) => /\.(?:nd)?json$/u.test(name));
/** What `report` reads. */
const reports = outputs.filter((name) => /\b(?:check|probes?)\b/u.test(name));
const configs = names.filter((name) => /\bgreyprobe\.yaml$/u.test(name));

function read(name: string): string {
  return readFileSync(join(GOLDEN, name), 'utf8');
}

/** The values of a file: one, those of an array, or one a line. */
function valuesIn(name: string): readonly unknown[] {
  const text = read(name);
  if (name.endsWith('.json')) return [JSON.parse(text)].flat();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const NamedSchema = v.object({ schema: v.pipe(v.string(), v.startsWith('greyprobe.')) });
const DecisionSchema = v.object({ event: v.literal('decision') });

function schemaOf(value: unknown): OutputSchemaName {
  const name = v.is(NamedSchema, value)
    ? value.schema.slice('greyprobe.'.length)
    : v.is(DecisionSchema, value)
      ? 'sandbox.v1'
      : 'error.v1';
  if (isSchemaName(name)) return name;
  throw new Error(`there is no schema ${name} any more`);
}

function isSchemaName(name: string): name is OutputSchemaName {
  return Object.hasOwn(OUTPUT_SCHEMAS, name);
}

const ajv = new Ajv2020({ strict: false });
for (const name of Object.keys(OUTPUT_SCHEMAS)) {
  const schema: AnySchemaObject = JSON.parse(readFileSync(join(SCHEMAS, `${name}.json`), 'utf8'));
  ajv.addSchema(schema, name);
}

/** What is wrong with a value by the published schema; null: nothing. */
function problemsOf(name: OutputSchemaName, value: unknown) {
  ajv.validate(name, value);
  return ajv.errors ?? null;
}

describe('outputs of older versions', () => {
  it('are there for every schema', () => {
    const kept = new Set(outputs.flatMap(valuesIn).map(schemaOf));
    const missing = Object.keys(OUTPUT_SCHEMAS).filter(
      (name) => isSchemaName(name) && name !== 'config.v1' && !kept.has(name),
    );

    expect(missing).to.deep.equal([]);
  });

  for (const name of reports) {
    it(`stay readable, and show in every format: ${name}`, async () => {
      const report = readReport(read(name), name);

      expect(resultsOf(report)).to.not.be.empty;
      for (const format of FORMAT_NAMES) {
        const { render } = await FORMATS[format]();
        expect(render(report, PLAIN), format).to.match(/\S[\r\n]+$/u);
      }
    });
  }

  for (const name of outputs) {
    it(`hold to the schemas and the types of today: ${name}`, () => {
      for (const value of valuesIn(name)) {
        const schema = schemaOf(value);
        expect(problemsOf(schema, value), schema).to.equal(null);
        // What the definitions do not know is left out: a field that was taken away shows.
        expect(v.parse(OUTPUT_SCHEMAS[schema].schema, value), schema).to.deep.equal(value);
      }
    });
  }
});

/** Keys that came later. */
const SINCE: readonly string[] = ['closingAt', 'suppressed', 'unchanged'];

describe('configurations of older versions', () => {
  it('are there, with every key', () => {
    const keys = [
      ...[ConfigSchema, TargetSchema].flatMap(({ entries }) => Object.keys(entries)),
      ...EXPECTATION_NAMES,
    ];
    const text = configs.map(read).join('\n');
    const missing = keys.filter(
      (key) => !SINCE.includes(key) && !text.split(/[\s{,]+/u).includes(`${key}:`),
    );

    expect(missing).to.deep.equal([], `to be written into the newest of ${configs.join(', ')}`);
  });

  for (const name of configs) {
    it(`stay valid: ${name}`, () => {
      const targets = checkTargets({
        recipients: [],
        config: join(GOLDEN, name),
        settings: {},
        expect: {},
        environment: {},
      });

      expect(targets).to.not.be.empty;
      expect(problemsOf('config.v1', parse(read(name), { merge: true }))).to.equal(null);
    });
  }
});
