import type { Reply } from '../model/smtp.js';

/**
 * A reply as it goes over the line (RFC 5321 §4.2.1): the enhanced code stands on every line
 * (RFC 2034 §4), the hyphen on all but the last. What cannot stand in a line becomes `?`.
 */
export function replyLines(reply: Reply): string {
  const last = reply.text.length - 1;
  return reply.text
    .map((text, index) => {
      const enhanced = reply.enhanced === null ? '' : `${reply.enhanced} `;
      return `${reply.code}${index < last ? '-' : ' '}${enhanced}${printable(text)}\r\n`;
    })
    .join('');
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end or garble the line
  return text.replace(/[\u0000-\u001f\u007f]/g, '?');
}
