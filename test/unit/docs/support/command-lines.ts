/**
 * The command lines of greyprobe in a piece of code, each as its words without the program's name:
 * after a prompt, in a crontab, with a path, over several lines, up to a pipe or a comment.
 */
export function commandLines(code: string): readonly (readonly string[])[] {
  const joined = code.replaceAll(/\\\n\s*/gu, ' ').replaceAll(/\n[ \t]+(?=--)/gu, ' ');
  return joined.split('\n').flatMap((whole) => {
    const line = whole.replace(COMMENT, '');
    if (MAIL_HEADER.test(line)) return [];
    const calls = [...line.matchAll(PROGRAM)].map((found) =>
      wordsOf(line.slice(found.index + found[0].length)),
    );
    return calls.filter(isCall).slice(0, 1);
  });
}

/** By its name or with a path; the name of a user is followed by the program. */
const PROGRAM = /(?:^|[\s/])greyprobe(?= )/gu;
const COMMENT = /(?:^|\s)(?:#|\/\/)(?:\s.*)?$/u;
const MAIL_HEADER = /^[A-Z][A-Za-z-]*: /u;

const WORD = /"([^"]*)"|'([^']*)'|(<[^<>]+>)|([^\s"'#|;&<>()]+)|(\S)/gu;

/** Words as a shell would make them; a placeholder such as `<run or file>` is one word. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  let end = 0;
  for (const match of text.matchAll(WORD)) {
    const [whole, double, single, placeholder, plain] = match;
    const word = double ?? single ?? placeholder ?? plain;
    if (word === undefined) break;
    const isNew = match.index > end || words.length === 0;
    if (isNew) words.push(word);
    else words.push(`${words.pop() ?? ''}${word}`);
    end = match.index + whole.length;
  }
  return words;
}

function isCall([first = '']: readonly string[]): boolean {
  return first !== 'greyprobe' && /^(?:[a-z]+|--?[a-z-]+)$/u.test(first);
}
