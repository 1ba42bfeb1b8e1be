import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { OptOut } from '../../../../src/tasks/survey/opt-out.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';
import { problemOf } from '../../edges/journal/support/problem.js';

describe('who opted out', () => {
  const folder = temporaryFolder();
  const write = (text: string) => {
    const path = join(folder(), 'opt-out.txt');
    writeFileSync(path, text);
    return path;
  };

  it('is a domain with all below it, an address, or a network', () => {
    const list = new OptOut(
      write(
        '# asked on 2026-11-02\nexample.org\n192.0.2.7\n198.51.100.0/24 # their range\n2001:db8::/32\n',
      ),
    );
    const covers = (name: string, address: string | null) => list.covers([name], address, 0);
    expect(covers('example.org', null)).to.equal(true);
    expect(covers('mx1.Example.org', null)).to.equal(true);
    expect(covers('notexample.org', null)).to.equal(false);
    expect(covers('example.net', '192.0.2.7')).to.equal(true);
    expect(covers('example.net', '192.0.2.8')).to.equal(false);
    expect(covers('example.net', '198.51.100.200')).to.equal(true);
    expect(covers('example.net', '2001:db8:1::1')).to.equal(true);
  });

  it('is read again while the survey runs; a line that is wrong then changes nothing', () => {
    const path = write('example.org\n');
    const list = new OptOut(path);
    expect(list.covers(['example.net'], null, 0)).to.equal(false);
    writeFileSync(path, 'example.org\nexample.net\n');
    expect(list.covers(['example.net'], null, 1000)).to.equal(false);
    expect(list.covers(['example.net'], null, 3000)).to.equal(true);
    writeFileSync(path, '300.1.2.3/99\n');
    utimesSync(path, 1, 1);
    expect(list.covers(['example.net'], null, 6000)).to.equal(true);
  });

  it('is checked before the first connection', () => {
    expect(problemOf(() => new OptOut(write('example.org\nwhat is this\n'))).message).to.contain(
      ':2:',
    );
    expect(problemOf(() => new OptOut(join(folder(), 'none'))).code).to.equal('cannot-read-file');
    expect(new OptOut(null).covers(['example.org'], null, 0)).to.equal(false);
  });
});
