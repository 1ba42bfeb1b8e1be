import { expect } from 'chai';
import { instrument } from '../../../scripts/mutation/mutants.js';

function changes(source: string): string[] {
  return instrument(source, 1).mutants.map(({ was, is }) => `${was} -> ${is}`);
}

/** What `f(...given)` gives with one mutant switched on. */
function outcome(body: string, id: number, ...given: unknown[]): unknown {
  const switches = { mutant: (one: number) => one === id };
  const { code } = instrument(`f(() => { ${body} });`, 1);
  const run = new Function('globalThis', 'f', 'given', code);
  let result: unknown;
  run(
    switches,
    (own: () => unknown) => {
      result = own();
    },
    given,
  );
  return result;
}

describe('mutants of a source', () => {
  it('change a comparison, a number and a condition', () => {
    expect(changes('if (a < 3) b();')).to.deep.equal([
      'a < 3 -> true',
      'a < 3 -> false',
      'a < 3 -> a <= 3',
      'a < 3 -> a >= 3',
      '3 -> 30',
    ]);
  });

  it('change what joins, what is called, and what is chained', () => {
    expect(changes('a ?? b;')).to.deep.equal(['a ?? b -> a && b']);
    expect(changes('a ?? b ?? c;')).to.include('a ?? b ?? c -> (a ?? b) && c');
    expect(changes('Math.min(a);')).to.deep.equal(['Math.min(a) -> Math.max(a)']);
    expect(changes('xs.filter(f);')).to.deep.equal(['xs.filter(f) -> xs']);
    expect(changes('a?.b.c;')).to.deep.equal(['a?.b.c -> a.b.c']);
  });

  it('leave types, imports and names of fields alone', () => {
    expect(changes("import a from 'x'; const b: 'y' = { 'z-z': c as 'w' };")).to.deep.equal([]);
  });

  it('are off but for the one that is switched on', () => {
    const body = 'return given[0] < 3 ? "less" : "more";';
    const { mutants } = instrument(`f(() => { ${body} });`, 1);
    const id = mutants.find(({ is }) => is === 'given[0] >= 3')?.id ?? 0;
    expect(outcome(body, 0, 2)).to.equal('less');
    expect(outcome(body, id, 2)).to.equal('more');
  });

  it('keep a chain that ends early ending early', () => {
    expect(outcome('return given[0]?.filter(Boolean).length;', 0, undefined)).to.equal(undefined);
  });

  it('tell the line, and count ids on from the first', () => {
    expect(instrument('a;\nb || c;', 7).mutants).to.deep.equal([
      { id: 7, line: 2, was: 'b || c', is: 'b && c' },
    ]);
  });
});
