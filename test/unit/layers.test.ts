import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import * as v from 'valibot';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What each layer may import from beside itself. Nothing else: the linter holds it. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  core: ['model'],
  mail: ['model'],
  edges: ['model', 'core'],
  sandbox: ['model', 'core'],
  contract: ['model', 'core', 'mail'],
  report: ['model', 'core', 'sandbox', 'contract'],
  tasks: ['model', 'core', 'mail', 'edges', 'sandbox', 'contract', 'report'],
  cli: ['model', 'core', 'mail', 'edges', 'sandbox', 'contract', 'report', 'tasks'],
};
const ENTRIES = ['commands', 'hooks'];
const PURE = ['model', 'core', 'mail', 'contract', 'report'];

const WorkerReportSchema = v.object({
  diagnostics: v.array(
    v.object({ location: v.object({ path: v.string(), start: v.object({ line: v.number() }) }) }),
  ),
});

describe('layers', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'greyprobe-layers-'));
    cpSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are all the folders of src', () => {
    const entries = readdirSync(join(ROOT, 'src'));
    expect(entries.filter((name) => name !== 'index.ts')).to.have.members([
      ...Object.keys(LAYERS),
      ...ENTRIES,
    ]);
  });

  it('make the linter report each import that goes up, and no other', async () => {
    const all = [...Object.keys(LAYERS), ...ENTRIES];
    for (const layer of Object.keys(LAYERS)) write(`src/${layer}/deep/one.ts`, importsOf(all));
    const expected = Object.entries(LAYERS).flatMap(([layer, may]) =>
      all
        .filter((other) => other !== layer && !may.includes(other))
        .map((other) => `src/${layer} ${other}`),
    );
    expect(await restricted(folder, all)).to.have.members(expected);
  });

  it('make the linter report a file system, a socket or a timer where all is pure', async () => {
    for (const layer of Object.keys(LAYERS)) {
      write(`src/${layer}/deep/one.ts`, "export { readFile } from 'node:fs/promises';\n");
    }
    const found = await restricted(folder, ['node:fs/promises']);
    expect(found).to.have.members(PURE.map((layer) => `src/${layer} node:fs/promises`));
  });

  it('make the linter report the network, the journal or a clock in the command line', async () => {
    const edges = ['dns/query.js', 'journal/find.js', 'real-ports.js', 'system/clock.js'];
    const imports = edges.map((edge) => `../../edges/${edge}`);
    for (const layer of Object.keys(LAYERS)) write(`src/${layer}/deep/one.ts`, '');
    const line = ['cli', ...ENTRIES];
    for (const layer of [...line, 'tasks']) {
      // Commands load what is heavy when they run.
      const load = imports.map((one) => `export const load = () => import('${one}');\n`).join('');
      write(`src/${layer}/deep/one.ts`, load);
    }
    const found = await restricted(folder, imports);
    expect(found).to.have.members(
      line.flatMap((layer) => imports.map((one) => `src/${layer} ${one}`)),
    );
  });

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
});

function importsOf(layers: readonly string[]): string {
  return layers.map((layer) => `export { ${layer} } from '../../${layer}/some.js';\n`).join('');
}

/** `src/layer import` for each import that the linter refuses; `imports` by line. */
async function restricted(folder: string, imports: readonly string[]): Promise<string[]> {
  const biome = join(ROOT, 'node_modules', '.bin', 'biome');
  const flags = ['--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none'];
  const only = '--only=style/noRestrictedImports';
  const { stdout } = await promisify(execFile)(biome, ['lint', ...flags, only, 'src'], {
    cwd: folder,
  }).catch((error: unknown) => {
    if (error instanceof Error && 'stdout' in error) return { stdout: String(error.stdout) };
    throw error;
  });
  const { diagnostics } = v.parse(WorkerReportSchema, JSON.parse(stdout));
  return diagnostics.map(({ location: { path, start } }) => {
    const layer = path.split('/').slice(0, 2).join('/');
    return `${layer} ${imports[start.line - 1]}`;
  });
}
