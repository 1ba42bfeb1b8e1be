// Installs the dependencies where that was not done since the lock file last changed, so that one
// command is enough on a fresh machine. Uses nothing but Node.js and npm.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);

/** When the file was written, in ms; 0 when there is none. */
function writtenAt(path) {
  return statSync(new URL(path, root), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (writtenAt('node_modules/.package-lock.json') < writtenAt('package-lock.json')) {
  const shell = process.platform === 'win32';
  const { status } = spawnSync('npm', ['ci'], {
    cwd: fileURLToPath(root),
    stdio: 'inherit',
    shell,
  });
  if (status !== 0) process.exit(status ?? 1);
}
