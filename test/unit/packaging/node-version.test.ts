import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('the guard against an old Node.js', () => {
  it('needs what package.json needs', () => {
    const needed = /const NEEDED = \[(\d+), (\d+)\];/u.exec(read('bin/run.js'));
    expect(JSON.parse(read('package.json')).engines.node).to.equal(
      `>=${needed?.[1]}.${needed?.[2]}`,
    );
  });

  it('comes before everything that an old Node.js cannot read', () => {
    const imports = ['bin/run.js', 'bin/end.js'].flatMap((file) => [
      ...read(file).matchAll(/^import .* from '(.*)';$/gmu),
    ]);
    expect(imports.map(([, from]) => from)).to.deep.equal(['./end.js']);
  });
});
