#!/usr/bin/env node
// Parses on Node.js 12: what an older Node.js cannot read, greyprobe and its packages, comes after the
// guard.
import { end } from './end.js';

/** As `engines` of package.json says. */
const NEEDED = [20, 19];
const EXIT_USAGE = 2;

const words = process.argv.slice(2);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  end(
    words,
    EXIT_USAGE,
    'node-too-old',
    `This is Node.js ${process.versions.node}, and greyprobe needs ${NEEDED.join('.')} or later.`,
    'Install a newer one from https://nodejs.org/en/download, or with the package manager of this system.',
  );
}
import('./start.js');
