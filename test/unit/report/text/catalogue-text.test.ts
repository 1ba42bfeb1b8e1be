import { expect } from 'chai';
import { catalogueEntry, loadCatalogue } from '../../../../src/core/greylist/catalogue/index.js';
import {
  renderCatalogue,
  renderCatalogueEntry,
} from '../../../../src/report/text/catalogue-text.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { expectToFit } from '../support/fits.js';

describe('the text of the catalogue', () => {
  it('fits the columns that there are, as a list and for each entry', () => {
    expectToFit((style) => renderCatalogue(loadCatalogue(), style));
    for (const entry of loadCatalogue()) {
      expectToFit((style) => renderCatalogueEntry(entry, style));
    }
  });

  it('says what passes open', () => {
    const text = (id: string) => {
      const entry = catalogueEntry(id);
      return entry === null ? '' : renderCatalogueEntry(entry, { ...PLAIN, columns: 140 });
    };
    expect(text('postgrey')).to.contain(
      'Passes open the client for 35 d after its last use, after 5 tries that passed, each at least 1 h after the last',
    );
    expect(text('gld')).to.contain(
      'Passes open the client, after some tries that passed, off as shipped: MXGREY sets how many.',
    );
    expect(text('iredapd')).to.contain(
      'Passes open the client for 30 d after its last use, after the first pass\n',
    );
    expect(text('greylistd')).to.contain('Passes open nothing but the same tuple');
    expect(text('smartermail')).to.contain('Passes open not known');
    expect(text('gmail')).to.not.contain('Passes open');
  });

  it('names every entry in full where the table has no room', () => {
    const text = renderCatalogue(loadCatalogue(), { ...PLAIN, columns: 40 });
    for (const { id } of loadCatalogue()) expect(text).to.contain(`\n${id}\n`);
    expect(text).to.contain('\npostgrey\n    5 min, 2 d, Postgrey\n');
  });
});
