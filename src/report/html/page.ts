import { createHash } from 'node:crypto';
import { constant, element, type Markup } from '../markup.js';
import { PAGE_RULES } from './page-rules.js';
import { PAGE_SCRIPT } from './page-script.js';

export interface Page {
  /** Of the window; hostile text inside. */
  readonly title: string;
  readonly header: readonly Markup[];
  readonly main: readonly Markup[];
  readonly footer: readonly Markup[];
}

/**
 * A page in one file. It loads nothing, from anywhere; its policy lets run the one script and the one
 * style that stand in it, by their hashes, and nothing else.
 */
export function renderPage({ title, header, main, footer }: Page): string {
  const head = element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', { name: 'color-scheme', content: 'light dark' }),
    element('meta', { name: 'referrer', content: 'no-referrer' }),
    element('meta', { name: 'robots', content: 'noindex' }),
    element('title', {}, title),
    constant('style', PAGE_RULES),
  );
  const body = element(
    'body',
    {},
    element('header', {}, ...header),
    element('main', {}, ...main),
    element('footer', {}, ...footer),
    element('p', { class: 'told', role: 'status' }, ''),
    constant('script', PAGE_SCRIPT),
  );
  return `<!DOCTYPE html>\n${element('html', { lang: 'en' }, head, body).text}\n`;
}

/** `frame-ancestors` and `sandbox` are left out: a policy in a page may not have them. */
const POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(PAGE_RULES)}'`,
  `script-src '${hashOf(PAGE_SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
