/**
 * A message as it goes after DATA's 354: CRLF line ends only (RFC 5321 §2.3.8; some servers refuse
 * a bare LF), every line that begins with a dot given another (§4.5.2), and the closing dot.
 */
export function dataOf(message: string): string {
  const lines = message.replace(/(?:\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/);
  const stuffed = lines.map((line) => (line.startsWith('.') ? `.${line}` : line));
  return `${stuffed.join('\r\n')}\r\n.\r\n`;
}
