import { expect } from 'chai';
import { columnWidths, tableLine } from '../../../../src/report/text/table.js';

const TITLES = ['id', 'name', 'state'];
const GIVES = { gives: 1, least: 6 };

describe('a table', () => {
  it('is as wide as its widest cells, where that fits', () => {
    const rows = [
      ['1', 'mx.example', 'ok'],
      ['20', '漢字', 'failed'],
    ];
    expect(columnWidths(TITLES, rows, GIVES, 80)).to.deep.equal([2, 10, 6]);
    expect(columnWidths(TITLES, [], GIVES, 80)).to.deep.equal([2, 4, 5]);
  });

  it('lets one column give way, and is none where too little is left for it', () => {
    const rows = [['1', 'mx.long.example', 'ok']];
    expect(columnWidths(TITLES, rows, GIVES, 20)).to.deep.equal([2, 9, 5]);
    expect(columnWidths(TITLES, rows, GIVES, 17)).to.deep.equal([2, 6, 5]);
    expect(columnWidths(TITLES, rows, GIVES, 16)).to.equal(null);
  });

  it('cuts and pads cells by the columns that they take', () => {
    expect(tableLine(['1', 'mx.long.example', 'ok'], [2, 9, 5])).to.equal('1   mx.lon...  ok');
    expect(tableLine(['1', '漢字', 'ok'], [2, 6, 5])).to.equal('1   漢字    ok');
  });
});
