/** Ends of blocks: what follows stands on a line of its own. */
const LINE_ENDS = /<(?:br|\/p|\/div|\/tr|\/li|\/h\d)\b[^<>]{0,200}>/gi;
const TAGS = /<(?:\/?[a-z!][^<>]{0,2000})>/gi;
/** Tags that HTML has; `<user@example.org>` is none of them. */
const KNOWN_TAGS =
  /<\/?(?:html|head|body|title|meta|style|div|span|p|br|hr|table|thead|tbody|tr|th|td|pre|code|samp|tt|b|i|u|em|strong|small|font|a|ul|ol|li|h\d|blockquote|img|center)(?:\s[^<>]{0,2000})?\/?>/gi;
const ENTITIES = /&(?:lt|gt|quot|apos|nbsp|amp|#39);/i;

/** The words of HTML, as a reader sees them. */
export function wordsOfHtml(html: string): string {
  return withoutEntities(html.replace(LINE_ENDS, '\n').replace(TAGS, ' '));
}

/** The same for text that may be HTML in part; other text comes back as it is. */
export function withoutHtml(text: string): string {
  const bare = text.replace(LINE_ENDS, '\n').replace(KNOWN_TAGS, ' ');
  return bare === text && !ENTITIES.test(text) ? text : withoutEntities(bare);
}

function withoutEntities(text: string): string {
  return text
    .replace(/&lt;/gi, '<')
    .replace(/&gt;/gi, '>')
    .replace(/&quot;/gi, '"')
    .replace(/&#39;|&apos;/gi, "'")
    .replace(/&nbsp;/gi, ' ')
    .replace(/&amp;/gi, '&');
}
