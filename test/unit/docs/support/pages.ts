import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import MarkdownIt from 'markdown-it';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const markdown = new MarkdownIt('commonmark').enable('table');

type Token = ReturnType<typeof markdown.parse>[number];

/** A page of the documentation, as it is shown. */
export interface Page {
  /** From the root of the project: `docs/probing.md`. */
  readonly name: string;
  readonly links: readonly string[];
  readonly blocks: readonly string[];
  /** Code in running text and in tables. */
  readonly spans: readonly string[];
}

/** README.md, where it is there yet, and everything in docs/. */
export function pages(): readonly Page[] {
  const readme = existsSync(join(ROOT, 'README.md')) ? ['README.md'] : [];
  const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return [...readme, ...docs.map((name) => `docs/${name}`)].map((name) => pageOf(name, read(name)));
}

/** A page from its text. */
export function pageOf(name: string, text: string): Page {
  const tokens = flat(markdown.parse(text, {}));
  return {
    name,
    links: tokens
      .flatMap((token) => token.attrGet('href') ?? token.attrGet('src') ?? [])
      .map(String),
    blocks: contentOf(tokens, ['fence', 'code_block']),
    spans: contentOf(tokens, ['code_inline']),
  };
}

/** What is wrong with a link of a page, or null. Links to other sites are not looked at. */
export function linkProblem(page: string, link: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:/iu.test(link)) return null;
  const [path = '', anchor] = decodeURI(link).split('#');
  const target = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
  const name = relative(ROOT, target);
  if (name.startsWith('..')) return 'leads out of the project';
  if (!existsSync(target)) return `there is no ${name}`;
  if (anchor === undefined) return null;
  const known = statSync(target).isFile() ? anchorsOf(read(name)) : [];
  return known.includes(anchor) ? null : `${name} has no heading #${anchor}`;
}

/** Anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): readonly string[] {
  const tokens = markdown.parse(text, {});
  const counts = new Map<string, number>();
  return tokens.flatMap((token, index) => {
    if (token.type !== 'heading_open') return [];
    const words = flat(tokens[index + 1]?.children ?? [])
      .map(({ content }) => content)
      .join('');
    const slug = words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const before = counts.get(slug) ?? 0;
    counts.set(slug, before + 1);
    return [before === 0 ? slug : `${slug}-${before}`];
  });
}

function read(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}

function contentOf(tokens: readonly Token[], types: readonly string[]): readonly string[] {
  return tokens.filter(({ type }) => types.includes(type)).map(({ content }) => content);
}

function flat(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => [token, ...flat(token.children ?? [])]);
}
