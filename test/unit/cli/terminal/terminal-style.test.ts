import { expect } from 'chai';
import { terminalColumns } from '../../../../src/cli/terminal/terminal-style.js';

describe('the columns of reports', () => {
  it('are those of the terminal, between 40 and 100', () => {
    const on = (columns: number) => terminalColumns({ isTTY: true, columns });
    expect([20, 40, 57, 80, 100, 200].map(on)).to.deep.equal([40, 40, 57, 80, 100, 100]);
  });

  it('are 80 where there is no terminal, or one that does not know', () => {
    expect(terminalColumns({})).to.equal(80);
    expect(terminalColumns({ columns: 60 })).to.equal(80);
    expect(terminalColumns({ isTTY: true, columns: 0 })).to.equal(80);
    expect(terminalColumns({ isTTY: true })).to.equal(80);
  });
});
