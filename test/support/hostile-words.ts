/** Words that a terminal, a shell, a build server or a spreadsheet would take for more than words. */
export const HOSTILE = {
  escape: '\u001b]0;owned\u0007\u001b[2J',
  bell: '\u0007',
  c1: '\u009b31m',
  bidi: '\u202egnp.exe\u2066',
  lineEnd: 'a\r\n::error::owned',
  github: '::error file=a,line=1::owned',
  githubOld: '##[error]owned',
  azure: '##vso[task.setvariable variable=x]owned',
  teamcity: "##teamcity[testFailed name='x']",
  zeroWidth: 'a\u200bb\u2060c\ufeff',
  lone: 'a\ud800b',
} as const;

/** What of it would still be obeyed in a text for people; null where nothing is. */
export function obeyed(text: string): string | null {
  // Colours are the program's own.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
  const plain = text.replaceAll(/\u001b\[[\d;]*m/gu, '');
  const found =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u.exec(
      plain,
    ) ??
    /##\w*\[/u.exec(plain) ??
    /^\s*::[a-z][^\n]*::/imu.exec(plain);
  return found === null ? null : JSON.stringify(plain.slice(found.index, found.index + 60));
}
