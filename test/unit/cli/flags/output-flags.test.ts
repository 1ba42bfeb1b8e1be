import { expect } from 'chai';
import { goesToStandardOutput, parseOutputs } from '../../../../src/cli/flags/output-flags.js';
import { GreyprobeError } from '../../../../src/model/errors.js';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof GreyprobeError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('parseOutputs', () => {
  it('is text on standard output when nothing is asked for', () => {
    expect(parseOutputs({}, false)).to.deep.equal([{ format: 'text', file: null }]);
  });

  it('leaves standard output to --json', () => {
    expect(parseOutputs({}, true)).to.deep.equal([]);
    expect(parseOutputs({ format: ['junit'], output: ['a.xml'] }, true)).to.deep.equal([
      { format: 'junit', file: 'a.xml' },
    ]);
    expect(codeOf(() => parseOutputs({ format: ['tap'] }, true))).to.equal('output-taken-twice');
  });

  it('pairs formats with files in order; what is left over goes to standard output', () => {
    expect(
      parseOutputs(
        { format: ['junit', 'prometheus', 'nagios'], output: ['a.xml', 'b.prom'] },
        false,
      ),
    ).to.deep.equal([
      { format: 'junit', file: 'a.xml' },
      { format: 'prometheus', file: 'b.prom' },
      { format: 'nagios', file: null },
    ]);
  });

  it("takes '-' for standard output", () => {
    expect(parseOutputs({ format: ['tap', 'junit'], output: ['-', 'a.xml'] }, false)).to.deep.equal(
      [
        { format: 'tap', file: null },
        { format: 'junit', file: 'a.xml' },
      ],
    );
  });

  it('takes the format from the ending of a name, and leaves standard output to the text', () => {
    expect(parseOutputs({ output: ['a.xml', 'b/c.HTML'] }, false)).to.deep.equal([
      { format: 'junit', file: 'a.xml' },
      { format: 'html', file: 'b/c.HTML' },
      { format: 'text', file: null },
    ]);
    expect(parseOutputs({ output: ['a.md'] }, true)).to.deep.equal([
      { format: 'markdown', file: 'a.md' },
    ]);
    expect(parseOutputs({ format: ['tap'], output: ['-', 'a.svg'] }, false)).to.deep.equal([
      { format: 'tap', file: null },
      { format: 'svg', file: 'a.svg' },
    ]);
  });

  it('refuses a name that ends in no format, and a format that belongs to the name of another', () => {
    for (const name of ['report', 'report.pdf', '.html.gz', '-']) {
      expect(codeOf(() => parseOutputs({ output: [name] }, false))).to.equal(
        'output-without-format',
      );
    }
    const mixed = { format: ['junit' as const], output: ['report.html', 'report.xml'] };
    expect(codeOf(() => parseOutputs(mixed, false))).to.equal('output-format-unclear');
  });

  it('refuses two writers for one place', () => {
    expect(codeOf(() => parseOutputs({ format: ['tap', 'junit'] }, false))).to.equal(
      'output-taken-twice',
    );
    expect(
      codeOf(() => parseOutputs({ format: ['tap', 'csv'], output: ['a', 'a'] }, false)),
    ).to.equal('output-taken-twice');
    expect(
      codeOf(() => parseOutputs({ format: ['tap', 'csv'], output: ['a', './x/../a'] }, false)),
    ).to.equal('output-taken-twice');
    expect(codeOf(() => parseOutputs({ format: ['tap'], output: [''] }, false))).to.equal(
      'bad-output',
    );
  });
});

describe('goesToStandardOutput', () => {
  const goes = (line: string) => goesToStandardOutput('nagios', line.split(' '));

  it('pairs formats with files as the parsed flags are', () => {
    expect(goes('check a@b.example --format nagios --bogus')).to.equal(true);
    expect(goes('check --format=nagios --output -')).to.equal(true);
    expect(goes('check --format nagios --output state')).to.equal(false);
    expect(goes('check --format=nagios -o state')).to.equal(false);
    expect(goes('check --format junit -oreport.xml --format nagios')).to.equal(true);
    expect(goes('check --output=report.xml --format junit --format nagios')).to.equal(true);
    expect(goes('check --format junit -o a --format nagios -o=b')).to.equal(false);
    expect(goes('check --format')).to.equal(false);
    expect(goes('check nagios')).to.equal(false);
  });
});
