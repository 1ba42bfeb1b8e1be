import { readdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { showPage, withPage } from '../../../../src/cli/terminal/show-page.js';

const TEXT = { format: 'text', file: null } as const;

describe('withPage', () => {
  it('leaves the outputs alone without --open, and where a page is among them', async () => {
    const page = { format: 'svg', file: 'a.svg' } as const;
    expect(await withPage([TEXT], false)).to.deep.equal([TEXT]);
    expect(await withPage([TEXT, page], true)).to.deep.equal([TEXT, page]);
  });

  it('adds a page in an empty folder of its own', async () => {
    const [, page, ...others] = await withPage([TEXT, { format: 'html', file: null }], true);
    expect(page).to.deep.equal({ format: 'html', file: null });
    const folder = dirname(others[0]?.file ?? '');
    expect(others[0]?.format).to.equal('html');
    expect(await readdir(folder)).to.deep.equal([]);
    await rm(folder, { recursive: true });
  });
});

describe('showPage', () => {
  const outputs = [
    { format: 'svg', file: 'a.svg' } as const,
    { format: 'html', file: 'a.html' } as const,
  ];

  async function shown(open: boolean, failed: string | null): Promise<readonly string[]> {
    const told: string[] = [];
    const show = async (file: string) => {
      told.push(`shows ${file}`);
      return failed;
    };
    await showPage(outputs, open, show, (text) => told.push(text));
    return told;
  }

  it('shows the page rather than the picture, and says where it is', async () => {
    expect(await shown(true, null)).to.deep.equal(['shows a.html', 'The page: a.html']);
  });

  it('says what to do where it cannot be shown', async () => {
    expect(await shown(true, 'There is no display to show it on.')).to.deep.equal([
      'shows a.html',
      'There is no display to show it on. Open this file in a browser: a.html',
    ]);
  });

  it('does nothing without --open', async () => {
    expect(await shown(false, null)).to.deep.equal([]);
  });
});
