import { expect } from 'chai';
import { VERDICT_KINDS } from '../../../src/core/evidence/verdict-schema.js';
import { DEFERRAL_CLASSES } from '../../../src/core/greylist/hypothesis.js';
import { FINISH_REASONS } from '../../../src/core/run/events.js';
import { warn } from '../../../src/edges/dns/mail-host-warnings.js';
import { GreyprobeError } from '../../../src/model/errors.js';
import { FAILURE_CODES } from '../../../src/model/smtp.js';
import { FORMAT_NAMES } from '../../../src/report/formats/index.js';
import { readOutcomesPage, withFreshOutcomes } from './support/outcomes-page.js';
import { pages } from './support/pages.js';
import { readSettingsPage, withFreshSettings } from './support/settings-page.js';

/** Every code of the program that a page says it lists. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  'docs/smtp.md': FAILURE_CODES,
  'docs/probing.md': FINISH_REASONS,
  'docs/output.md': [...VERDICT_KINDS, ...DEFERRAL_CLASSES, ...FORMAT_NAMES],
  'docs/dns.md': mailHostWarnings(),
};

describe('documentation: tables', () => {
  it('docs/output.md has the answers as they are (npm run outcomes)', async () => {
    const page = readOutcomesPage();
    expect(await withFreshOutcomes(page)).to.equal(page);
  });

  it('docs/settings.md has the settings as they are (npm run settings)', () => {
    expect(readSettingsPage()).to.equal(withFreshSettings(readSettingsPage()));
  });

  for (const [name, codes] of Object.entries(TABLES)) {
    it(`${name} leaves out none of ${codes.length} codes`, () => {
      const page = pages().find((one) => one.name === name);
      const shown = new Set(
        [...(page?.blocks ?? []), ...(page?.spans ?? [])].flatMap((code) => code.split(/[\s,]+/u)),
      );
      expect(codes.filter((code) => !shown.has(code))).to.deep.equal([]);
    });
  }
});

function mailHostWarnings(): readonly string[] {
  const failure = new GreyprobeError('dns-failure', 'The DNS failed.');
  const made = Object.values({
    ...warn,
    address: () => warn.address('[192.0.2.1]', '192.0.2.1'),
    alias: () => warn.alias('a.example', 'b.example'),
    domainIsAlias: () => warn.domainIsAlias('a.example', 'b.example'),
    lookUpFailed: () => warn.lookUpFailed('a.example', failure),
    notPublic: () => warn.notPublic('a.example', ['127.0.0.1']),
    tooMany: () => warn.tooMany('a.example', 11, 10),
    tooManyAddresses: () => warn.tooManyAddresses('a.example', 33, 32),
    withoutAddress: () => warn.withoutAddress('a.example', true),
  });
  return made.flatMap((make) => make('a.example')).map(({ code }) => code);
}
