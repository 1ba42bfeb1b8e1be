import { expect } from 'chai';
import * as v from 'valibot';
import { catalogueEntry, loadCatalogue } from '../../../../../src/core/greylist/catalogue/index.js';
import {
  type CatalogueEntry,
  CatalogueEntrySchema,
  type Signature,
} from '../../../../../src/core/greylist/catalogue/schema.js';
import { ReplyText } from '../../../../../src/core/greylist/reply-text.js';
import {
  compileTextPattern,
  matchSignatures,
  wholeWords,
} from '../../../../../src/core/greylist/signatures.js';
import { wordsOf } from '../../../../../src/core/greylist/split-words.js';
import { fillSample, sampleReply } from '../samples.js';

const entries = loadCatalogue();
const signatures = entries.flatMap((entry) =>
  entry.signatures.map((signature, at) => ({ entry, signature, rule: `${entry.id}#${at + 1}` })),
);

/** A copy of the first entry with one field replaced. */
function withField(field: string, value: unknown): unknown {
  return { ...entries[0], [field]: value };
}

function withSignature(field: string, value: unknown): unknown {
  return withField('signatures', [{ ...entries[0]?.signatures[0], [field]: value }]);
}

describe('the catalogue', () => {
  it('holds greylisters and look-alikes, each under its own id', () => {
    expect(entries.filter(({ kind }) => kind === 'greylister')).to.have.length.above(50);
    expect(entries.filter(({ kind }) => kind === 'look-alike')).to.have.length.above(40);
    expect(new Set(entries.map(({ id }) => id)).size).to.equal(entries.length);
  });

  it('is found by id, and by no other', () => {
    expect(catalogueEntry('postgrey')?.name).to.equal('Postgrey');
    expect(catalogueEntry('Postgrey')).to.equal(null);
  });

  it('gives look-alikes another class than greylisting, and says how to tell them', () => {
    for (const entry of entries.filter(({ kind }) => kind === 'look-alike')) {
      expect(entry.class, entry.id).to.not.equal('greylisting');
      expect(entry.traps, entry.id).to.not.have.length(0);
    }
  });

  it('says so where nobody read the text of a greylister', () => {
    for (const entry of entries.filter((one) => one.signatures.length === 0)) {
      expect(entry.traps.join(' '), entry.id).to.match(/not (?:read|found)|were not read/);
    }
  });

  it('says what passes open besides their own tuple', () => {
    expect(catalogueEntry('postgrey')?.autoWhitelist).to.deep.equal([
      {
        afterPasses: 5,
        counted: 'tries',
        apartSeconds: 3_600,
        of: ['client'],
        lastsSeconds: 35 * 86_400,
        shipped: true,
        note: null,
      },
    ]);
    const sqlgrey = catalogueEntry('sqlgrey')?.autoWhitelist ?? [];
    expect(sqlgrey.map(({ afterPasses, counted, of }) => [afterPasses, counted, of])).to.deep.equal(
      [
        [1, 'tries', ['client-network', 'sender']],
        [2, 'senders', ['client-network', 'sender-domain']],
      ],
    );
    expect(catalogueEntry('proxmox-mail-gateway')?.autoWhitelist).to.deep.equal([]);
    expect(catalogueEntry('smartermail')?.autoWhitelist).to.equal(null);
  });

  it('was read again within two years', () => {
    const old = Date.now() - 2 * 366 * 86_400_000;
    const stale = entries.filter(({ checked }) => Date.parse(checked) < old);
    expect(stale.map(({ id, checked }) => `${id}, read ${checked}`)).to.deep.equal([]);
  });

  it('has no window that ends before the delay', () => {
    for (const { id, delaySeconds, windowSeconds } of entries) {
      if (delaySeconds === null || windowSeconds === null) continue;
      expect(windowSeconds, id).to.be.greaterThan(delaySeconds);
    }
  });

  for (const { signature, rule } of signatures) {
    it(`${rule} matches its own sample`, () => {
      expect(fillSample(signature.sample)).to.match(compileTextPattern(signature.textPattern));
    });
  }

  it('finds every signature by its words, as a search through all of them would', () => {
    for (const { signature, rule } of signatures) {
      const reply = sampleReply(signature);
      const text = new ReplyText(reply);
      const found = matchSignatures(reply, null, text, wordsOf(text.lower)).map((m) => m.rule);
      const expected = signatures
        .filter((other) =>
          compileTextPattern(other.signature.textPattern).test(text.withoutAddresses),
        )
        .filter((other) => other.signature.code[0] === signature.code[0])
        .map((other) => `catalogue/${other.rule}`);
      expect(found, rule).to.deep.equal(expected);
      expect(found, rule).to.include(`catalogue/${rule}`);
    }
  });

  it('reads hostile text in linear time', () => {
    const seeds = signatures.flatMap(({ signature }) => [
      signature.sample,
      signature.sample.slice(0, Math.ceil(signature.sample.length / 2)),
    ]);
    const slow: string[] = [];
    for (const { signature, rule } of signatures) {
      const pattern = compileTextPattern(signature.textPattern);
      const own = signature.sample.slice(0, Math.ceil(signature.sample.length / 2));
      for (const seed of [own, `${own} `, '<', 'a', ' ', '1.', "'"]) {
        const hostile = seed.repeat(Math.ceil(40_000 / seed.length));
        const began = performance.now();
        pattern.test(hostile);
        if (performance.now() - began > 250) slow.push(`${rule} on ${seed}`);
      }
    }
    expect(seeds).to.not.have.length(0);
    expect(slow).to.deep.equal([]);
  });
});

describe('CatalogueEntrySchema', () => {
  const accepts = (entry: unknown) => v.is(CatalogueEntrySchema, entry);

  it('accepts an entry as it stands', () => {
    expect(accepts(withField('id', 'another'))).to.equal(true);
    expect(accepts(withSignature('enhanced', null))).to.equal(true);
  });

  const refused: readonly (readonly [what: string, entry: unknown])[] = [
    ['an unknown field', withField('delay', 300)],
    ['a missing field', { id: 'x' }],
    ['an unknown class', withField('class', 'grey')],
    ['an id with blanks', withField('id', 'Post Grey')],
    ['a negative delay', withField('delaySeconds', -1)],
    ['half a second', withField('windowSeconds', 0.5)],
    ['a code of success', withSignature('code', '250')],
    ['a malformed enhanced code', withSignature('enhanced', '4.7')],
    ['a pattern that does not compile', withSignature('textPattern', 'greylisted (')],
    ['a pattern that repeats without bound', withSignature('textPattern', 'grey.*listed')],
    ['a pattern that repeats without upper bound', withSignature('textPattern', 'x{3,} grey')],
    ['an unknown stage', withSignature('stages', ['end-of-data'])],
  ];
  for (const [what, entry] of refused) {
    it(`refuses ${what}`, () => {
      expect(accepts(entry)).to.equal(false);
    });
  }

  it('takes a repeat sign inside brackets for the sign that it is', () => {
    expect(accepts(withSignature('textPattern', 'grey[*+]listed'))).to.equal(true);
  });
});

describe('wholeWords', () => {
  const cases: readonly (readonly [source: string, words: readonly string[]])[] = [
    ['greylisted for \\d{1,7} seconds?', ['greylisted', 'for']],
    ['^please try again later\\.?$', ['please', 'try', 'again']],
    ['(?:minutes|seconds) left', ['left']],
    ['one thing|another', []],
    ['gr[ea]ylist(?:ed|ing)? retry=', ['retry']],
    ["host: '[^']{1,60}'", ['host']],
    ['\\(#4\\.3\\.0\\) failure', ['failure']],
    ['grey\\w{0,3} wait', ['wait']],
    ['grey.list wait', ['wait']],
  ];
  for (const [source, words] of cases) {
    it(`finds ${words.join(', ') || 'none'} in ${source}`, () => {
      expect(wholeWords(source)).to.deep.equal(words);
    });
  }
});

describe('adding an entry', () => {
  it('takes data alone: a signature needs no code', () => {
    const signature: Signature = {
      code: '450',
      enhanced: '4.7.1',
      textPattern: 'come back in \\d{1,3} moons',
      stages: ['rcpt'],
      sample: 'come back in 3 moons',
      distinctive: true,
    };
    const [first] = entries;
    const entry: CatalogueEntry | undefined = first && {
      ...first,
      id: 'moon',
      signatures: [signature],
    };
    expect(v.is(CatalogueEntrySchema, entry)).to.equal(true);
    expect('Come back  in 12 moons.').to.match(compileTextPattern(signature.textPattern));
  });
});
