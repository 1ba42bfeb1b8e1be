/** Writes man/ from the built commands. Run with `npm run man`, which builds them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { commandPages } from './man/commands.js';
import { configurationPage } from './man/configuration.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const { commands, version, pjson } = await Config.load({ root });
const pages = new Map([
  ...commandPages({ version, commands, description: pjson.oclif.description ?? '' }),
  [
    'greyprobe.yaml.5',
    configurationPage(
      version,
      JSON.parse(read('schemas/config.v1.json')),
      read('examples/greyprobe.yaml'),
    ),
  ],
]);

const folder = join(root, 'man');
mkdirSync(folder, { recursive: true });
for (const [name, text] of pages) writeFileSync(join(folder, name), text);
