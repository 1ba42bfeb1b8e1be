// Prints debian/copyright, machine-readable: copyright.js GREYPROBE NODE_MODULES. A package whose licence
// file is missing stops it: nothing goes out whose terms are not in it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [greyprobe, modules] = process.argv.slice(2);

function packagesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => {
      const path = join(folder, name);
      if (name.startsWith('@')) return packagesIn(path);
      const nested = readdirSync(path).includes('node_modules') ? join(path, 'node_modules') : null;
      return [path, ...(nested === null ? [] : packagesIn(nested))];
    });
}

function paragraphs(path, files) {
  const { name, license, author } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const file = readdirSync(path).find((one) => /^(?:licen[cs]e|copying)/i.test(one));
  const text = file === undefined ? termsInReadme(path) : readFileSync(join(path, file), 'utf8');
  if (text === null) throw new Error(`${name} (${license}) has no licence file.`);
  // Debian has this one already, and refuses a second copy.
  const terms =
    license === 'Apache-2.0' ? 'See /usr/share/common-licenses/Apache-2.0.' : text.trim();
  const holders = [...text.matchAll(/^\s*(copyright\b.*\d{4}.*)$/gim)].map(([, line]) =>
    line.trim(),
  );
  const by = typeof author === 'string' ? author : author?.name;
  return [
    `Files: ${files}`,
    `Copyright: ${(holders.length > 0 ? holders : [by ?? `the authors of ${name}`]).join('\n ')}`,
    `License: ${license}-${name.replaceAll(/[@/]/g, '_')}`,
    ...terms.split(/\r?\n/).map((line) => ` ${line.trim() === '' ? '.' : line.trimEnd()}`),
    '',
  ].join('\n');
}

function termsInReadme(path) {
  const readme = readdirSync(path).find((one) => /^readme/i.test(one));
  if (readme === undefined) return null;
  return (
    /^#+ *licen[cs]e\b.*$\n(.*)/ims.exec(readFileSync(join(path, readme), 'utf8'))?.[1] ?? null
  );
}

console.log('Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n');
console.log(paragraphs(greyprobe, '*'));
for (const path of packagesIn(modules).sort()) {
  console.log(
    paragraphs(path, `usr/share/greyprobe/${path.slice(path.indexOf('node_modules'))}/*`),
  );
}
