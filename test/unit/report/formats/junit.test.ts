import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { validateXML } from 'xmllint-wasm';
import { junit } from '../../../../src/report/formats/junit.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import {
  checkOf,
  HOSTILE_TEXTS,
  hostileCheck,
  hostileProbes,
  judgements,
  measuredResult,
  probes,
  target,
} from './support/reports.js';

const SCHEMA = readFileSync(new URL('./fixtures/junit.xsd', import.meta.url), 'utf8');

/** Errors that libxml2 finds against the schema. */
async function errorsIn(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'report.xml', contents: xml }],
    schema: [SCHEMA],
  });
  return errors.map(({ message }) => message);
}

function count(xml: string, element: string): number {
  return xml.split(`<${element}`).length - 1;
}

describe('the junit format', () => {
  it('holds to the schema, and keeps the three outcomes apart', async () => {
    const xml = junit.render(checkOf(target(await measuredResult(), judgements())), PLAIN);

    expect(await errorsIn(xml)).to.deep.equal([]);
    expect(count(xml, 'testcase ')).to.equal(3);
    expect(count(xml, 'failure ')).to.equal(1);
    expect(count(xml, 'skipped ')).to.equal(1);
    expect(xml).to.contain('tests="3" failures="1" errors="0" skipped="1"');
    expect(xml).to.contain('message="not judged (throttled): some text"');
  });

  it('names expected, found and all values of a failure', async () => {
    const xml = junit.render(checkOf(target(await measuredResult(), judgements())), PLAIN);

    expect(xml).to.contain('expected: some text\nfound: some text\nopensBySeconds: 302.5');
    expect(xml).to.contain('opensAfterSeconds: unknown');
  });

  it('shows a probe as one case', async () => {
    const xml = junit.render(probes(await measuredResult()), PLAIN);

    expect(await errorsIn(xml)).to.deep.equal([]);
    expect(count(xml, 'testcase ')).to.equal(1);
    expect(count(xml, 'failure ') + count(xml, 'skipped ')).to.equal(0);
  });

  it('is broken by no hostile text', async () => {
    const result = await measuredResult();
    const xml = junit.render(hostileCheck(result, HOSTILE_TEXTS), PLAIN);

    expect(await errorsIn(xml)).to.deep.equal([]);
    expect(count(xml, 'testcase ')).to.equal(3 * HOSTILE_TEXTS.length);
    expect(xml).to.contain(']]&gt;').and.not.contain('<script');
    expect(await errorsIn(junit.render(hostileProbes(result, HOSTILE_TEXTS), PLAIN))).to.deep.equal(
      [],
    );
  });

  it('is broken by no random text', async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), 200);
    const xml = junit.render(hostileCheck(await measuredResult(), texts), PLAIN);

    expect(await errorsIn(xml)).to.deep.equal([]);
    expect(count(xml, 'testcase ')).to.equal(600);
  });

  it('would be caught by the schema with an attribute missing', async () => {
    const xml = junit.render(probes(await measuredResult()), PLAIN);

    expect(await errorsIn(xml.replace(' hostname="localhost"', ''))).to.not.deep.equal([]);
  });
});
