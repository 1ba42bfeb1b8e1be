import { visible } from './formats/visible.js';

/** Text of XML, SVG or HTML that was put together by `element` or `block`: nothing in it is raw. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** By name. */
export type Attributes = Readonly<Record<string, string | number>>;

/** An element on one line. What is text is escaped; several lines of text stand below each other. */
export function element(
  name: string,
  attributes: Attributes,
  ...content: readonly (string | Markup)[]
): Markup {
  const inner = content.map((one) => (one instanceof Markup ? one.text : escaped(one)));
  const start = `<${name}${attributesText(attributes)}`;
  return new Markup(inner.length === 0 ? `${start}/>` : `${start}>${inner.join('\n')}</${name}>`);
}

/** An element with its children on lines of their own; `before` are the blanks before each of them. */
export function block(
  name: string,
  attributes: Attributes,
  children: readonly Markup[],
  before = '',
): Markup {
  const lines = children.map(({ text }) => `${before}${text}`);
  const start = `<${name}${attributesText(attributes)}>`;
  return new Markup([start, ...lines, `${before.slice(2)}</${name}>`].join('\n'));
}

/**
 * A style or a script, whose text HTML takes as it stands: only constants of greyprobe, never a word that
 * came from anywhere. Throws for a text that could end the element.
 */
export function constant(name: 'style' | 'script', text: string): Markup {
  if (/<[/!]/u.test(text)) throw new RangeError(`a ${name} may not hold </ or <!`);
  return new Markup(`<${name}>${text}</${name}>`);
}

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** `visible` leaves only characters that XML 1.0 allows; the five with a meaning become entities. */
function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? character);
}
