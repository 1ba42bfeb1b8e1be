import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import type { OutputSchemaName } from '../../../src/tasks/output-schemas.js';

const FOLDER = new URL('../../../schemas/', import.meta.url);

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false });
for (const name of readdirSync(FOLDER)) {
  const schema: AnySchemaObject = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
  ajv.addSchema(schema);
}

/**
 * Standard output under --json: one object and nothing else, valid by the committed schema. Returns
 * the object.
 */
export function parsedJson(name: OutputSchemaName, stdout: string): unknown {
  const value: unknown = JSON.parse(stdout);
  expect(value).to.be.an('object');
  const validate = ajv.getSchema(`urn:greyprobe:schema:${name}`);
  if (validate === undefined) throw new Error(`There is no schema ${name}.`);
  validate(value);
  expect(ajv.errorsText(validate.errors), name).to.equal('No errors');
  return value;
}
