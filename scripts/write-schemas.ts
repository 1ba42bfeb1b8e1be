/** Writes schemas/*.json from the definitions. Run with `npm run schemas`; a test holds them equal. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonSchemas } from './json-schemas.js';

const folder = fileURLToPath(new URL('../schemas', import.meta.url));
const schemas = jsonSchemas();

mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) {
  if (name.endsWith('.json') && !schemas.has(name)) rmSync(join(folder, name));
}
for (const [name, schema] of schemas) {
  writeFileSync(join(folder, name), `${JSON.stringify(schema, null, 2)}\n`);
}
