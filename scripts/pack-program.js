// Packs a program for a single executable: pack-program.js PROGRAM TARGET writes program.json.gz, its files
// by their paths, and build, the name under which they are unpacked: another for each content.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const [program, target] = process.argv.slice(2);
const files = readdirSync(program, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name))
  .sort()
  .map((path) => [relative(program, path).replaceAll(sep, '/'), readFileSync(path, 'base64')]);
const content = JSON.stringify(
  Object.fromEntries([
    ...files,
    ['main.cjs', Buffer.from("import('./bin/start.js');\n").toString('base64')],
  ]),
);
const { version } = JSON.parse(readFileSync(join(program, 'package.json'), 'utf8'));
const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
writeFileSync(join(target, 'program.json.gz'), gzipSync(content, { level: 9 }));
writeFileSync(join(target, 'build'), `${version}-${hash}`);
