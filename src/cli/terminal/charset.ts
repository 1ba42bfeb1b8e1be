import { asciiText } from '../../report/text/ascii.js';

let asked = false;

/** For `--ascii`: from now on texts for people go out in ASCII, whatever the locale. */
export function askForAscii(): void {
  asked = true;
}

/** True where texts for people may hold no more than ASCII. */
export function isAsciiOnly(): boolean {
  return asked || !takesUtf8(process.env);
}

/** A text for people, in the characters that the terminal is known to show. */
export function inCharset(text: string): string {
  return isAsciiOnly() ? asciiText(text) : text;
}

/**
 * False where the environment names a locale of another encoding, such as `C` or `de_DE.ISO-8859-1`: the first
 * of these variables that is set counts (POSIX, 8.2). Where none is, nothing is known, and UTF-8 is usual.
 */
export function takesUtf8({
  LC_ALL,
  LC_CTYPE,
  LANG,
}: Readonly<Record<string, string | undefined>>): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG;
  return !locale || /utf-?8/iu.test(locale);
}
