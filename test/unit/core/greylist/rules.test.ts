import { expect } from 'chai';
import { matchWordRules } from '../../../../src/core/greylist/match-rules.js';
import { ReplyText } from '../../../../src/core/greylist/reply-text.js';
import {
  BLOCK_LIST_RULE,
  ENHANCED_RULES,
  WORD_RULES,
} from '../../../../src/core/greylist/rules.js';
import { wordsOf } from '../../../../src/core/greylist/split-words.js';
import { readCorpus } from '../../../corpus/corpus.js';

const texts = readCorpus().map(
  ({ text }) => new ReplyText({ code: 451, enhanced: null, text: [text] }),
);

describe('the word rules', () => {
  it('have ids of their own, and a sentence that says why', () => {
    expect(new Set(WORD_RULES.map(({ id }) => id)).size).to.equal(WORD_RULES.length);
    for (const { id, why } of WORD_RULES) expect(why, id).to.match(/^[A-Z].+\.$/);
  });

  it('include the one that names block lists', () => {
    expect(WORD_RULES.map(({ id }) => id)).to.include(BLOCK_LIST_RULE);
  });

  it('repeat nothing without bound', () => {
    for (const { id, pattern } of WORD_RULES) {
      const bare = pattern.source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '');
      expect(bare, id).to.not.match(/[*+]|\{\d+,\}/);
    }
  });

  for (const { id, pattern, on = 'proseOnly' } of WORD_RULES) {
    it(`${id} is called for by the words of every reply that it matches`, () => {
      const matched = texts.filter((text) => pattern.test(text[on]));
      expect(matched).to.not.have.length(0);
      for (const text of matched) {
        const found = matchWordRules(text, wordsOf(text.lower)).map(({ rule }) => rule);
        expect(found, text.original).to.include(id);
      }
    });
  }
});

describe('the rules for enhanced codes', () => {
  const cases: readonly (readonly [detail: string, expected: string | undefined])[] = [
    ['1.1', 'address-verification'],
    ['1.8', 'sender-domain'],
    ['2.0', undefined],
    ['2.1', 'mailbox-state'],
    ['2.2', 'mailbox-full'],
    ['3.2', 'system'],
    ['4.3', 'system'],
    ['5.3', 'policy'],
    ['7.0', undefined],
    ['7.1', undefined],
    ['7.10', 'tls-required'],
    ['7.23', 'sender-domain'],
    ['7.25', 'reverse-dns'],
    ['7.28', 'rate-limit'],
    ['7.500', 'rate-limit'],
  ];
  for (const [detail, expected] of cases) {
    it(`read X.${detail} as ${expected ?? 'nothing'}`, () => {
      expect(ENHANCED_RULES.find(({ codes }) => codes.test(detail))?.class).to.equal(expected);
    });
  }
});

describe('ReplyText', () => {
  const read = (...text: string[]) => new ReplyText({ code: 451, enhanced: null, text });

  it('blots out addresses, links and host names, and keeps every place', () => {
    const text = read(
      '<a@b.example> and c@d.example at mx.example.org, see https://e.example/f now',
    );
    expect(text.withoutAddresses).to.equal(
      '<___________> and ___________ at mx.example.org, see https://e.example/f now',
    );
    expect(text.proseOnly).to.match(/^<_+> and _+ at _+, see _+ now$/);
    expect(text.proseOnly.length).to.equal(text.original.length);
  });

  it('joins lines, and reads no more than a reply can need', () => {
    expect(read('one', 'two').original).to.equal('one two');
    expect(read('x'.repeat(100_000)).original).to.have.length(4096);
  });

  it('keeps places where a letter grows when lowered', () => {
    const text = read('İİ GREYLISTED');
    expect(text.lower.length).to.equal(text.original.length);
  });
});
