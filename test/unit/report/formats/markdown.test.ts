import { expect } from 'chai';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { markdown } from '../../../../src/report/formats/markdown.js';
import { visible } from '../../../../src/report/formats/visible.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { SCREEN, type View } from '../../../../src/report/view.js';
import { opening, sentHost, toldOf } from '../../../support/observe/sent-host.js';
import {
  checkOf,
  HOSTILE_TEXTS,
  hostileCheck,
  hostileProbes,
  judgements,
  measuredResult,
  probes,
  target,
} from './support/reports.js';

const FULL: View = { ...SCREEN, depth: 'details' };

/** GitHub's dialect: tables, struck text, bare links, and HTML as it stands. */
const parser = new MarkdownIt({ html: true, linkify: true });

interface Read {
  /** Kinds of tokens, blocks and inline. */
  readonly kinds: ReadonlySet<string>;
  readonly html: ReadonlySet<string>;
  /** Body rows of all tables, each cell as its text. */
  readonly rows: readonly (readonly string[])[];
  readonly headings: readonly string[];
}

function read(text: string): Read {
  const kinds = new Set<string>();
  const html = new Set<string>();
  const rows: string[][] = [];
  const headings: string[] = [];
  let inBody = false;
  const tokens = parser.parse(text, {});
  for (const [index, token] of tokens.entries()) {
    kinds.add(token.type);
    if (token.type === 'tbody_open') inBody = true;
    if (token.type === 'tbody_close') inBody = false;
    if (inBody && token.type === 'tr_open') rows.push([]);
    if (token.type !== 'inline') continue;
    for (const child of token.children ?? []) {
      kinds.add(child.type);
      if (child.type === 'html_inline') html.add(child.content);
    }
    const shown = (token.children ?? [])
      .map(({ type, content }) => (type === 'html_inline' ? '' : content))
      .join('');
    if (inBody) rows.at(-1)?.push(shown);
    if (tokens[index - 1]?.type === 'heading_open') headings.push(shown);
  }
  return { kinds, html, rows, headings };
}

const MARKUP = ['link_open', 'image', 'em_open', 's_open', 'code_inline', 'html_block', 'fence'];

function expectNoForeignMarkup({ kinds, html }: Read): void {
  expect(MARKUP.filter((kind) => kinds.has(kind))).to.deep.equal([]);
  expect([...html].filter((tag) => !['<code>', '</code>', '<br>'].includes(tag))).to.deep.equal([]);
}

/** Blanks at the edges of a cell do not count in Markdown. */
function trimmed(text: string): string {
  return visible(text).trim();
}

describe('the markdown format', () => {
  it('has a table of expectations, which keeps the outcomes apart', async () => {
    const shown = markdown.render(checkOf(target(await measuredResult(), judgements())), PLAIN);
    const { rows, headings } = read(shown);

    expect(headings).to.deep.equal(['greyprobe check: ❌ failed', 'head office']);
    expect(shown).to.contain('1 passed, 1 failed, 1 not judged.');
    expect(rows.map(([outcome, name]) => [outcome, name])).to.deep.equal([
      ['✅ passed', 'expectation-passed'],
      ['❌ failed', 'expectation-failed'],
      ['❔ not judged', 'expectation-not-judged'],
    ]);
    expect(rows[1]?.[3]).to.contain('opens at less than 302.5 s').and.contain('tls: yes');
    expect(rows[2]?.[3]).to.equal('some text (throttled)');
  });

  it('has a table of attempts for a probe', async () => {
    const result = await measuredResult();
    const found = read(markdown.render(probes(result), PLAIN));

    expect(found.rows).to.have.length(result.attempts.length);
    expect(found.rows[0]?.[6]).to.contain('450 4.2.0 <user@example.org>: Recipient address');
    expect(found.headings).to.deep.equal(['greyprobe probe', 'user@example.org']);
    expectNoForeignMarkup(found);
  });

  it('gives hostile text back, and no markup to it', async () => {
    const result = await measuredResult();
    const check = read(markdown.render(hostileCheck(result, HOSTILE_TEXTS), PLAIN, FULL));

    expectNoForeignMarkup(check);
    expect(check.rows).to.have.length(3 * HOSTILE_TEXTS.length);
    for (const [index, text] of HOSTILE_TEXTS.entries()) {
      expect(check.rows[3 * index]?.[2]?.trim()).to.equal(trimmed(text));
      expect(check.headings[index + 1]?.trim()).to.equal(trimmed(`${index} ${text}`));
    }
    const several = read(markdown.render(hostileProbes(result, HOSTILE_TEXTS), PLAIN));
    expectNoForeignMarkup(several);
    expect(several.rows).to.have.length(HOSTILE_TEXTS.length * result.attempts.length);
  });

  it('has one table for many targets, worst first', async () => {
    const result = await measuredResult();
    const found = read(markdown.render(hostileCheck(result, HOSTILE_TEXTS), PLAIN));

    expectNoForeignMarkup(found);
    expect(found.headings).to.deep.equal(['greyprobe check: ❌ failed']);
    expect(found.rows.map(([, name]) => name?.trim())).to.deep.equal(
      HOSTILE_TEXTS.map((text, index) => trimmed(`${index} ${text}`)),
    );
  });

  it('gives random text back, and no markup to it', async () => {
    const result = await measuredResult();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const found = read(markdown.render(hostileCheck(result, [text]), PLAIN));
        expectNoForeignMarkup(found);
        expect(found.rows.map((cells) => cells[2]?.trim())).to.deep.equal(
          Array(3).fill(trimmed(text)),
        );
      }),
    );
  });

  it('leaves nothing that GitHub would take for a mention', async () => {
    const result = await measuredResult();
    const shown = markdown.render(hostileCheck(result, ['ping @octocat and @org/team']), PLAIN);
    const outsideCode = parser.render(shown).replace(/<code>.*?<\/code>/gsu, '');

    expect(outsideCode).to.not.contain('@');
  });
});

describe('what logs tell, in Markdown', () => {
  it('is a row a host, and says where a window is not shown', () => {
    const shown = markdown.renderObserved?.(
      toldOf([sentHost(), sentHost({ host: 'late.example', window: opening(null, null) })]),
      PLAIN,
    );
    const cells = (shown ?? '').split('\n').map((line) => line.split(' | ')[1]);
    expect(cells).to.include.members(['Opens at', 'less than 311 s', 'not shown']);
  });
});
