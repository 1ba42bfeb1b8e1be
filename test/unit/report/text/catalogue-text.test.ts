import { expect } from 'chai';
import { loadCatalogue } from '../../../../src/core/greylist/catalogue/index.js';
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

  it('names every entry in full where the table has no room', () => {
    const text = renderCatalogue(loadCatalogue(), { ...PLAIN, columns: 40 });
    for (const { id } of loadCatalogue()) expect(text).to.contain(`\n${id}\n`);
    expect(text).to.contain('\npostgrey\n    5 min, 2 d, Postgrey\n');
  });
});
