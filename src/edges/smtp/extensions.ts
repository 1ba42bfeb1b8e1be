import type { Reply } from '../../model/smtp.js';

/**
 * Keywords of an EHLO reply with their parameters (RFC 5321 §4.1.1.1). The keyword is put in upper
 * case, since case does not count in it; parameters stay as they are.
 */
export function extensionsOf(ehlo: Reply): readonly string[] {
  return ehlo.text
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.replace(/^\S+/, (keyword) => keyword.toUpperCase()));
}

export function offers(extensions: readonly string[], keyword: string): boolean {
  return extensions.some((extension) => extension.split(/\s/, 1)[0] === keyword);
}
