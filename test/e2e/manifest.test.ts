import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { manifestText } from '../../scripts/manifest.js';

describe('oclif.manifest.json', () => {
  it('says what the built commands say; npm run manifest writes it anew', async () => {
    const committed = readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed)).to.deep.equal(JSON.parse(await manifestText()));
  });
});
