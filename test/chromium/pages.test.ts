import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import * as v from 'valibot';
import { measuredResult } from '../unit/report/formats/support/reports.js';
import { Browser, type Looks, Tab } from './support/browser.js';
import { LOW_CONTRAST, SKELETON } from './support/in-page.js';
import {
  checkPageText,
  HOSTILE_TO_PAGES,
  pagesSaying,
  probePageText,
  surveyPageText,
} from './support/pages.js';

/** Of processor time, which on an idle machine is the time that it takes. */
const LONGEST_OPENING_SECONDS = 2;
const LARGEST_BYTES = 2_000_000;
const WIDTHS = [360, 800, 1_400];

describe('pages in Chromium', () => {
  let browser: Browser;
  let folder: string;
  const files = { probe: '', check: '', survey: '' };

  before(async () => {
    browser = await Browser.start();
    folder = await mkdtemp(join(tmpdir(), 'greyprobe-pages-'));
    files.probe = await saved('probe', await probePageText());
    files.check = await saved('check', await checkPageText(50));
    files.survey = await saved('survey', surveyPageText(2_000));
  });

  after(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function saved(name: string, text: string): Promise<string> {
    const file = join(folder, `${name}.html`);
    await writeFile(file, text);
    return file;
  }

  const open = (file: string, looks: Looks = {}) => Tab.open(browser, file, looks);

  for (const name of ['probe', 'check', 'survey'] as const) {
    it(`opens the page of a ${name} in under 2 s, without a complaint or a request`, async () => {
      const tab = await open(files[name]);
      expect(await tab.cpuSeconds()).to.be.below(LONGEST_OPENING_SECONDS);
      expect(tab.complaints).to.deep.equal([]);
      expect(tab.requests).to.deep.equal([pathToFileURL(files[name]).href]);
      const bytes = await tab.value(
        v.number(),
        'new Blob([document.documentElement.outerHTML]).size',
      );
      expect(bytes).to.be.below(LARGEST_BYTES);
    });

    for (const dark of [false, true]) {
      it(`has contrast and no sideways scrolling: ${name}, ${dark ? 'dark' : 'light'}`, async () => {
        for (const width of WIDTHS) {
          const tab = await open(files[name], { width, dark });
          expect(await tab.value(v.array(v.string()), LOW_CONTRAST)).to.deep.equal([]);
          const wide = await tab.value(v.number(), 'document.documentElement.scrollWidth');
          expect(wide, `${width} px`).to.be.at.most(width);
        }
      });
    }

    it(`can be read without scripts, and has no dead buttons then: ${name}`, async () => {
      const tab = await open(files[name], { scripts: false });
      const dead =
        '[...document.querySelectorAll("button, input")].filter((e) => e.checkVisibility()).length';
      expect(await tab.value(v.number(), dead)).to.equal(0);
      expect(await tab.value(v.string(), 'document.querySelector("h1").innerText')).to.match(/\w/u);
      expect(await tab.value(v.string(), 'getComputedStyle(document.body).maxWidth')).to.equal(
        'none',
      );
      expect(
        await tab.value(v.string(), 'getComputedStyle(document.querySelector("h1")).margin'),
      ).to.equal('0px');
    });
  }

  it('prints the page of a probe on one sheet', async () => {
    const pdf = (await (await open(files.probe)).print()).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b/gu)).to.have.length(1);
  });

  it('sorts by keyboard, in both directions, and says so', async () => {
    const tab = await open(files.survey);
    const sorted = (at: string) => `[...document.querySelectorAll('table')].at(-1)${at}`;
    const heads = sorted('.tHead.rows[0].cells');
    const column = `[...${heads}].findIndex((head) => head.textContent === 'Opens after')`;
    const keys = `[...${sorted('.tBodies[0].rows')}].map((row) => row.cells[${column}].dataset.by ?? '')`;
    await tab.value(v.null(), `(${heads}[${column}].querySelector('button').id = 'wanted', null)`);
    await tab.tabTo('#wanted', 200);
    await tab.press('Enter');
    expect(await tab.value(v.string(), `${heads}[${column}].getAttribute('aria-sort')`)).to.equal(
      'ascending',
    );
    const up = await tab.value(v.array(v.string()), keys);
    const known = up.filter((key) => key !== '').map(Number);
    expect(known).to.have.length(1_600);
    expect(known).to.deep.equal(known.toSorted((a, b) => a - b));
    expect(up.slice(1_600).every((key) => key === '')).to.equal(true);
    await tab.press('Space');
    expect(await tab.value(v.string(), `${heads}[${column}].getAttribute('aria-sort')`)).to.equal(
      'descending',
    );
    const down = await tab.value(v.array(v.string()), keys);
    expect(down.slice(0, 1_600).map(Number)).to.deep.equal(known.toReversed());
    expect(tab.complaints).to.deep.equal([]);
  });

  it('filters by keyboard, and says how many rows are left', async () => {
    const tab = await open(files.survey);
    const listing = `document.querySelector('[aria-label^="Targets"]').closest('.listing')`;
    await tab.value(v.null(), `(${listing}.querySelector('input').id = 'wanted', null)`);
    await tab.tabTo('#wanted', 200);
    await tab.type('customer-19 ACCEPTED');
    const shown = `[...${listing}.querySelectorAll('tbody tr')].filter((row) => row.checkVisibility()).length`;
    // Of 19, 190 to 199 and 1900 to 1999 every fifth accepts.
    expect(await tab.value(v.number(), shown)).to.equal(2 + 20);
    expect(await tab.value(v.string(), `${listing}.querySelector('output').textContent`)).to.equal(
      '22 of 2,000',
    );
  });

  it('copies what is to be set', async () => {
    const tab = await open(files.probe);
    await browser.send('Browser.grantPermissions', {
      permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'],
    });
    await tab.tabTo('.copy button');
    await tab.press('Enter');
    const told = `new Promise((settle) => setTimeout(() => settle(document.querySelector('.told').textContent), 200))`;
    expect(await tab.value(v.string(), told)).to.equal('Copied');
    const copied = await tab.value(v.string(), 'navigator.clipboard.readText()');
    expect(copied).to.match(/^reg add HKLM\\SYSTEM\\.*\/d \d+ \/f\nnet stop smtpsvc\n/su);
  });

  it('shows where the focus is', async () => {
    const tab = await open(files.probe);
    await tab.press('Tab');
    const outline = 'getComputedStyle(document.activeElement).outlineWidth';
    expect(await tab.value(v.string(), outline)).to.equal('3px');
  });

  it('keeps every element and attribute as it is, whatever a mail host says', async () => {
    const result = await measuredResult();
    const harmless = await Promise.all(
      pagesSaying('harmless', result).map(async (text, kind) =>
        (await open(await saved(`harmless-${kind}`, text))).value(v.string(), SKELETON),
      ),
    );
    for (const [n, hostile] of HOSTILE_TO_PAGES.entries()) {
      for (const [kind, text] of pagesSaying(hostile, result).entries()) {
        const tab = await open(await saved(`hostile-${n}-${kind}`, text));
        expect(await tab.value(v.string(), SKELETON), hostile).to.equal(harmless[kind]);
        expect(await tab.value(v.string(), 'typeof window.owned')).to.equal('undefined');
        expect(tab.complaints).to.deep.equal([]);
        expect(tab.requests).to.have.length(1);
        await tab.send('Page.close');
      }
    }
  });
});
