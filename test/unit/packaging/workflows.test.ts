import { readdirSync, readFileSync } from 'node:fs';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { expect } from 'chai';

const ROOT = new URL('../../../', import.meta.url);
const FOLDER = '.github/workflows/';

function mistakes(name: string, content: string): readonly string[] {
  const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

describe('workflows', () => {
  const files = [
    ...readdirSync(new URL(FOLDER, ROOT)).map((name) => FOLDER + name),
    'examples/github-actions.yml',
  ];

  for (const file of files) {
    it(`${file} is valid`, () => {
      expect(mistakes(file, readFileSync(new URL(file, ROOT), 'utf8'))).to.deep.equal([]);
    });
  }

  it('are seen to be wrong where they are', () => {
    const wrong = 'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    stepz: []\n';
    expect(mistakes('wrong.yml', wrong)).to.have.length.above(0);
  });
});
