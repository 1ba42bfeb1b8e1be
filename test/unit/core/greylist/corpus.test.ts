import { expect } from 'chai';
import { loadCatalogue } from '../../../../src/core/greylist/catalogue/index.js';
import { classify } from '../../../../src/core/greylist/classify.js';
import type { Hypothesis } from '../../../../src/core/greylist/hypothesis.js';
import { compileTextPattern } from '../../../../src/core/greylist/signatures.js';
import {
  type Classifier,
  type CorpusReply,
  type Fault,
  judge,
  readCorpus,
  renderConfusion,
} from '../../../corpus/corpus.js';
import { readDocument, withFreshTables } from '../../../corpus/document.js';

const corpus = readCorpus();

function one(of: Partial<Hypothesis>): readonly Hypothesis[] {
  return [
    { class: 'unknown', implementation: null, confidence: 'possible', rule: 'x', words: '', ...of },
  ];
}

function rulesBroken(classifier: Classifier): Set<Fault['rule']> {
  return new Set(judge(corpus, classifier).faults.map(({ rule }) => rule));
}

function show({ rule, reply, got }: Fault): string {
  return `${rule}: ${reply.code} ${reply.enhanced ?? ''} ${reply.text}\n  got ${got}`;
}

describe('the labelled corpus', () => {
  const judgement = judge(corpus, classify);
  const faults = (...rules: Fault['rule'][]) =>
    judgement.faults.filter(({ rule }) => rules.includes(rule)).map(show);

  before(() => {
    console.log(`\n${renderConfusion(judgement)}\n`);
    console.log(`${corpus.length} replies, ${judgement.ambiguous} of them ambiguous\n`);
  });

  it('has no look-alike that comes out as greylisting, likely', () => {
    expect(faults('false-greylisting')).to.deep.equal([]);
  });

  it('has no greylister that says so in words and is missed', () => {
    expect(faults('missed-greylisting')).to.deep.equal([]);
  });

  it('has no collision that the text alone decides', () => {
    expect(faults('collision-decided')).to.deep.equal([]);
  });

  it('has every meaning of an ambiguous reply named', () => {
    expect(faults('reading-not-named')).to.deep.equal([]);
  });

  it('has the right class first everywhere else', () => {
    expect(faults('wrong-class', 'empty')).to.deep.equal([]);
  });

  it('comes out as docs/classification.md shows it (else: npm run classification)', () => {
    expect(readDocument()).to.equal(withFreshTables(readDocument()));
    expect(readDocument()).to.include(renderConfusion(judgement));
  });

  it('is large enough, and each reply is in it once', () => {
    const key = ({ code, enhanced, stage, text }: CorpusReply) =>
      `${code} ${enhanced} ${stage} ${text}`;
    expect(corpus.length).to.be.at.least(250);
    expect(new Set(corpus.map(key)).size).to.equal(corpus.length);
    expect(corpus.filter(({ entries }) => entries.length === 0)).to.have.length.at.least(150);
  });

  it('holds every text of the catalogue', () => {
    for (const { id, signatures } of loadCatalogue()) {
      for (const { textPattern, sample } of signatures) {
        const pattern = compileTextPattern(textPattern);
        const found = corpus.some(
          ({ entries, text }) => entries.includes(id) && pattern.test(text),
        );
        expect(found, `${id}: ${sample}`).to.equal(true);
      }
    }
  });

  it('labels a text ambiguous wherever a greylister and another send it to the letter', () => {
    const signatures = loadCatalogue().flatMap((entry) =>
      entry.signatures.map((signature) => ({
        ...signature,
        greylists: (signature.class ?? entry.class) === 'greylisting',
      })),
    );
    for (const { text, code, enhanced, ambiguous } of corpus) {
      const senders = signatures.filter(
        (signature) =>
          new RegExp(`^${signature.code.replaceAll('x', '\\d')}$`).test(String(code)) &&
          (signature.enhanced === '*' || signature.enhanced === enhanced) &&
          compileTextPattern(signature.textPattern).test(text),
      );
      const greylists = new Set(senders.map((sender) => sender.greylists));
      if (greylists.size === 2) expect(ambiguous, text).to.equal(true);
    }
  });
});

describe('the judge of the corpus finds a classifier that', () => {
  it('calls every deferral greylisting', () => {
    const eager: Classifier = () => one({ class: 'greylisting', confidence: 'likely' });
    expect(rulesBroken(eager)).to.include.all.keys('false-greylisting', 'collision-decided');
  });

  it('never finds greylisting', () => {
    expect(rulesBroken(() => one({}))).to.include('missed-greylisting');
  });

  it('goes by the word alone', () => {
    const naive: Classifier = ({ text }) =>
      /gr[ea]y/i.test(text.join(' '))
        ? one({ class: 'greylisting', confidence: 'likely' })
        : one({});
    expect(rulesBroken(naive)).to.include('false-greylisting');
  });

  it('takes any request to try again for greylisting', () => {
    const naive: Classifier = ({ text }) =>
      /try again|later/i.test(text.join(' '))
        ? one({ class: 'greylisting', confidence: 'likely' })
        : one({});
    expect(rulesBroken(naive)).to.include.all.keys(
      'false-greylisting',
      'missed-greylisting',
      'collision-decided',
    );
  });

  it('is sure where the text is not', () => {
    const sure: Classifier = (reply, stage) =>
      classify(reply, stage).map((h) => ({ ...h, confidence: 'likely' }));
    expect(rulesBroken(sure)).to.include.all.keys('collision-decided', 'false-greylisting');
  });

  it('names one sender of a collision only', () => {
    const short: Classifier = (reply, stage) => classify(reply, stage).slice(0, 1);
    expect(rulesBroken(short)).to.deep.equal(new Set(['reading-not-named']));
  });

  it('says nothing', () => {
    expect(rulesBroken(() => [])).to.include('empty');
  });

  it('is unsure of everything', () => {
    const unsure: Classifier = (reply, stage) =>
      classify(reply, stage).map((h) => ({ ...h, confidence: 'possible' }));
    expect(rulesBroken(unsure)).to.deep.equal(new Set(['missed-greylisting']));
  });
});
