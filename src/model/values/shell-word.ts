import { escapeControl } from './escape.js';

/**
 * One word of a command for a POSIX shell, quoted where it must be. It shows no control character and
 * nothing hidden: such text stands as `$'a\033b'`, each of its bytes in UTF-8 as three octal digits.
 * There quotes and backslashes are written so too, lest a shell that does not know `$'` end the word
 * at one. No word can hold NUL, which ends it there.
 */
export function shellWord(text: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/u.test(text)) return text;
  const shown = escapeControl(text, octal);
  if (shown === text) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${escapeControl(text.replace(/['\\]/gu, octal), octal)}'`;
}

function octal(character: string): string {
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/**
 * One word for sh, PowerShell and cmd alike: double quotes where they do, else single quotes. Null for
 * what one of them would not take as one word: PowerShell ends a string at typographic quotation
 * marks as well, and cmd knows no single quotes.
 */
export function anyShellWord(text: string): string | null {
  if (/[\p{Cc}\p{Zl}\p{Zp}\u2018-\u201f]/u.test(text)) return null;
  if (/^[\w.@:+=/-]+$/.test(text)) return text;
  if (!/["$`\\!%]/.test(text)) return `"${text}"`;
  return /['&|^<>]/.test(text) ? null : `'${text}'`;
}
