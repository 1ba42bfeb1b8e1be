/** Writes oclif.manifest.json from the built commands. Run with `npm run manifest`; a test holds them equal. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { manifestText } from './manifest.js';

writeFileSync(
  fileURLToPath(new URL('../oclif.manifest.json', import.meta.url)),
  await manifestText(),
);
