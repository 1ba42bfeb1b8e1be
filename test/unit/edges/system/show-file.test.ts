import { expect } from 'chai';
import { openerFor, showFile } from '../../../../src/edges/system/show-file.js';

const SCREEN = { DISPLAY: ':0' };

describe('openerFor', () => {
  it('is the program of the system', () => {
    expect(openerFor('/tmp/a b.html', 'linux', SCREEN)).to.deep.equal({
      program: 'xdg-open',
      words: ['/tmp/a b.html'],
    });
    expect(openerFor('/a', 'linux', { WAYLAND_DISPLAY: 'wayland-0' })?.program).to.equal(
      'xdg-open',
    );
    expect(openerFor('/a', 'darwin', {})).to.deep.equal({ program: 'open', words: ['/a'] });
    expect(openerFor('C:\\a & b.html', 'win32', {})?.words).to.deep.equal([
      'url.dll,FileProtocolHandler',
      'C:\\a & b.html',
    ]);
  });

  it('is none where nobody would see it', () => {
    expect(openerFor('/a', 'linux', {})).to.equal(null);
    expect(openerFor('/a', 'linux', { ...SCREEN, CI: 'true' })).to.equal(null);
    expect(openerFor('/a', 'darwin', { CI: '1' })).to.equal(null);
    expect(openerFor('/a', 'linux', { ...SCREEN, CI: 'false' })?.program).to.equal('xdg-open');
  });
});

describe('showFile', () => {
  it('says in a sentence what is in the way', async () => {
    expect(await showFile('a.html', 'linux', {})).to.equal('There is no display to show it on.');
  });

  it('says which program is missing', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = '/nonexistent';
    try {
      expect(await showFile('a.html', 'linux', SCREEN)).to.equal('xdg-open cannot be run here.');
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
