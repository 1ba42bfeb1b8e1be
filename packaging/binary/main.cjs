// The main script of the single executable. Node.js reads modules from files only, so the program, which
// lies in the executable, is written to the user's cache once a build, and run from there.
const {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { createRequire, enableCompileCache } = require('node:module');
const { homedir, tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { getAsset } = require('node:sea');

/** Of the user alone: nobody else may change what is run. */
const MODE = 0o700;

function cacheFolder() {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  return join(LOCALAPPDATA || XDG_CACHE_HOME || join(homedir(), '.cache'), 'greyprobe');
}

/** Writes the program into a new folder beside its place, which a rename then takes: never half of it. */
function unpack(cache, place) {
  mkdirSync(cache, { recursive: true, mode: MODE });
  const { gunzipSync } = require('node:zlib');
  const folder = mkdtempSync(join(cache, 'new-'));
  const files = JSON.parse(gunzipSync(Buffer.from(getAsset('program'))).toString());
  for (const [path, base64] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, Buffer.from(base64, 'base64'));
  }
  try {
    renameSync(folder, place);
  } catch (error) {
    rmSync(folder, { recursive: true });
    // Another process was faster.
    if (!existsSync(place)) throw error;
  }
}

/** Where the program lies; a machine without a cache gets it for the time of this process. */
function programFolder() {
  const build = getAsset('build', 'utf8');
  try {
    const place = join(cacheFolder(), build);
    if (!existsSync(place)) unpack(cacheFolder(), place);
    return place;
  } catch {
    const folder = mkdtempSync(join(tmpdir(), 'greyprobe-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    unpack(folder, join(folder, build));
    return join(folder, build);
  }
}

const folder = programFolder();
// Compiled once, which more than makes up for the larger file that starts.
enableCompileCache(join(folder, 'compiled'));
// A file of its own imports: the main script of an executable cannot.
createRequire(join(folder, 'main.cjs'))('./main.cjs');
