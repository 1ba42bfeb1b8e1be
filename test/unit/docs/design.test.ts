import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { pages } from './support/pages.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FORMATS = 'src/report/formats';

describe('documentation: how a format is added', () => {
  const diff = pages()
    .find(({ name }) => name === 'docs/design.md')
    ?.blocks.find((block) => block.includes(`+++ b/${FORMATS}`));

  it('is shown as a diff of lines that are there', () => {
    const files = (diff ?? '').split(/^--- .*\n\+{3} b\//mu).slice(1);
    expect(files).to.have.length(2);
    for (const file of files) {
      const [name = '', ...lines] = file.trimEnd().split('\n');
      const content = readFileSync(join(ROOT, name), 'utf8').split('\n');
      for (const line of lines) expect(content).to.include(line.slice(1));
    }
  });

  it('takes that file and that line, and no other', () => {
    const naming = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && name !== 'report/formats/csv.ts')
      .flatMap((name) =>
        readFileSync(join(ROOT, 'src', name), 'utf8')
          .split('\n')
          .filter((line) => /(?:formats|\.)\/csv\.js|'csv'/u.test(line))
          .map((line) => `${name}: ${line.trim()}`),
      )
      .filter((line) => !line.startsWith('mail/'));
    expect(naming).to.deep.equal([
      "report/formats/index.ts: csv: async () => (await import('./csv.js')).csv,",
    ]);
  });
});
