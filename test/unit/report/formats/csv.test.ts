import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import * as v from 'valibot';
import { csv } from '../../../../src/report/formats/csv.js';
import { visible } from '../../../../src/report/formats/visible.js';
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

const RowsSchema = v.array(v.record(v.string(), v.string()));

/** Strict: RFC 4180 with CRLF, and as many fields in each row as in the header. */
function read(text: string): readonly Readonly<Record<string, string>>[] {
  return v.parse(RowsSchema, parse(text, { columns: true, record_delimiter: '\r\n' }));
}

/** What is read back: the visible text, with an apostrophe where it looks like a formula. */
function asCell(text: string): string {
  return `${/^\s*[=+\-@]/u.test(text) ? "'" : ''}${visible(text)}`;
}

describe('the csv format', () => {
  it('has a row for each attempt of a probe', async () => {
    const result = await measuredResult();
    const rows = read(csv.render(probes(result), PLAIN));

    expect(rows).to.have.length(result.attempts.length);
    expect(rows[0]).to.include({
      recipient: 'user@example.org',
      verdict: 'greylisted',
      attempt: '1',
      role: 'first',
      age_low_seconds: '',
      code: '450',
      enhanced: '4.2.0',
      text: result.attempts[0]?.reply?.text.join(' '),
    });
  });

  it('has a row for a run without attempts', async () => {
    const rows = read(csv.render(probes({ ...(await measuredResult()), attempts: [] }), PLAIN));

    expect(rows).to.have.length(1);
    expect(rows[0]).to.include({ verdict: 'greylisted', attempt: '' });
  });

  it('has a row for each expectation of a check, with its outcome', async () => {
    const rows = read(csv.render(checkOf(target(await measuredResult(), judgements())), PLAIN));

    expect(rows.map((row) => [row['outcome'], row['reason']])).to.deep.equal([
      ['passed', ''],
      ['failed', ''],
      ['not-judged', 'throttled'],
    ]);
    expect(rows[0]?.['values']).to.equal(
      'opensBySeconds=302.5; opensAfterSeconds=unknown; said=some text; tls=true',
    );
  });

  it('gives hostile text back, and no formula', async () => {
    const result = await measuredResult();
    const rows = read(csv.render(hostileCheck(result, HOSTILE_TEXTS), PLAIN));

    expect(rows).to.have.length(3 * HOSTILE_TEXTS.length);
    for (const [index, text] of HOSTILE_TEXTS.entries()) {
      expect(rows[3 * index]?.['found']).to.equal(asCell(text));
    }
    const attempts = read(csv.render(hostileProbes(result, HOSTILE_TEXTS), PLAIN));
    expect(attempts).to.have.length(HOSTILE_TEXTS.length * result.attempts.length);
    expect(attempts.flatMap(Object.values).filter((cell) => /^[=+@-]/u.test(cell))).to.deep.equal(
      [],
    );
  });

  it('gives random text back', async () => {
    const result = await measuredResult();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const rows = read(csv.render(hostileCheck(result, [text]), PLAIN));
        expect(rows.map((row) => row['found'])).to.deep.equal(Array(3).fill(asCell(text)));
      }),
    );
  });
});
