import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import * as v from 'valibot';
import { jsonSchemas } from '../../scripts/json-schemas.js';
import { buildResult } from '../../src/contract/build-result.js';
import { loadCatalogue } from '../../src/core/greylist/catalogue/index.js';
import { systemRunsFolder } from '../../src/edges/journal/state-folder.js';
import { eventLine } from '../../src/report/formats/json.js';
import { sandboxFacts } from '../../src/report/text/sandbox-text.js';
import { acceptsAll, greylists, rejectsRecipient } from '../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../src/sandbox/models/index.js';
import { planSandbox } from '../../src/sandbox/plan-sandbox.js';
import { runCheck } from '../../src/tasks/check/run-check.js';
import { explainRequest } from '../../src/tasks/explain/from-input.js';
import { toMxResult } from '../../src/tasks/find-mail-hosts.js';
import {
  OUTPUT_SCHEMAS,
  type OutputSchemaName,
  type Outputs,
} from '../../src/tasks/output-schemas.js';
import { recommend, simulateSenders } from '../../src/tasks/recommend/with-files.js';
import { listRuns, showRun } from '../../src/tasks/runs/list.js';
import { pruneRuns } from '../../src/tasks/runs/prune.js';
import { refusesConnections } from '../support/behaviours.js';
import { virtualRun } from './core/run/support/virtual-run.js';
import { temporaryFolder } from './edges/journal/support/folder.js';
import { contextOf, createWorld, targetFor } from './tasks/check/support/world.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = join(ROOT, 'schemas');

/** A validator with every committed schema. */
function committedSchemas(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false });
  for (const name of readdirSync(FOLDER)) {
    const schema: AnySchemaObject = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
    ajv.addSchema(schema);
  }
  return ajv;
}

describe('the published JSON Schemas', () => {
  const ajv = committedSchemas();
  const stateDir = temporaryFolder();
  const folder = () => systemRunsFolder(stateDir());

  function problemsOf(name: OutputSchemaName, value: unknown): string {
    const validate = ajv.getSchema(`urn:greyprobe:schema:${name}`);
    if (validate === undefined) return `there is no schema ${name}`;
    // As a script reads it.
    validate(JSON.parse(JSON.stringify(value)));
    return ajv.errorsText(validate.errors);
  }

  function expectValid(name: OutputSchemaName, value: unknown): void {
    expect(problemsOf(name, value), name).to.equal('No errors');
    expect(v.is(OUTPUT_SCHEMAS[name].schema, value), name).to.equal(true);
  }

  it('are committed as the definitions make them (npm run schemas)', () => {
    const expected = Object.fromEntries(
      [...jsonSchemas()].map(([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`]),
    );
    const committed = Object.fromEntries(
      readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]),
    );

    expect(committed).to.deep.equal(expected);
  });

  it('say what they are', () => {
    for (const [name, schema] of jsonSchemas()) {
      expect(schema).to.include({ $id: `urn:greyprobe:schema:${name.replace(/\.json$/u, '')}` });
      expect(schema).to.have.property('title').that.is.a('string').and.not.empty;
      expect(schema).to.have.property('description').that.is.a('string').and.not.empty;
    }
  });

  it('are there for every schema name that the program writes', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'));
    const written = sources.flatMap((text) =>
      [...text.matchAll(/'greyprobe\.(?<name>[a-z-]+\.v\d+)'/gu)].map(
        ({ groups }) => groups?.['name'],
      ),
    );
    // The journal is greyprobe's own: other programs read `--format ndjson`.
    const missing = new Set(written.filter((name) => name !== 'journal.v1'));
    for (const name of Object.keys(OUTPUT_SCHEMAS)) missing.delete(name);

    expect([...missing]).to.deep.equal([]);
  });

  it('hold what probes print', async () => {
    for (const behaviour of [
      greylists(POSTGREY_LIKE),
      acceptsAll(),
      rejectsRecipient(),
      refusesConnections(),
    ]) {
      const { state, events } = await virtualRun(behaviour);
      expectValid('probe-result.v1', buildResult(state, '1.2.3'));
      for (const event of events) expectValid('event.v1', JSON.parse(eventLine('run', event)));
    }
  });

  it('hold what a check and the lists of runs print', async () => {
    const { ports } = createWorld({
      'grey.example': [['mx.grey.example', '192.0.2.1', greylists(POSTGREY_LIKE)]],
      'dead.example': [['mx.dead.example', '192.0.2.2', refusesConnections()]],
    });
    const result = await runCheck(
      [
        targetFor('user@grey.example', { opensNoLaterThan: 60, landsWithin: { postfix: 900 } }),
        targetFor('user@dead.example', { verdict: ['greylisted'] }),
      ],
      contextOf(ports, folder()),
    );

    expectValid('check-result.v1', result);
    expectValid('runs.v1', listRuns(stateDir()));
    expectValid('run.v1', showRun(stateDir(), result.targets[0]?.result.run ?? ''));
    expectValid(
      'prune-result.v1',
      pruneRuns(stateDir(), {
        nowWallMs: Date.now(),
        olderThanSeconds: 0,
        all: true,
        dryRun: true,
      }),
    );
  });

  it('hold what the other commands print', async () => {
    expectValid(
      'mx-result.v1',
      toMxResult({
        domain: 'example.org',
        kind: 'hosts',
        hosts: [{ name: 'mx.example.org', preference: 10, addresses: ['192.0.2.1'], origin: 'mx' }],
        ttlSeconds: 60,
        authenticated: false,
        warnings: [{ code: 'one-host', message: 'There is one host.' }],
      }),
    );
    const stdin = Readable.from([]);
    for (const text of ['450 4.2.0 Greylisted, try again in 300 seconds', 'nothing known']) {
      const request = { words: [text], files: [], format: null, top: 10 };
      expectValid('explain-result.v1', await explainRequest(request, stdin));
    }
    expectValid('catalogue.v1', {
      schema: 'greyprobe.catalogue.v1',
      entries: loadCatalogue(),
    });
    const window = { 'opens-by': '5m', for: 'common', set: [], 'restarts-timer': false };
    expectValid('recommend-result.v1', await recommend({ ...window, force: false }, stdin));
    expectValid(
      'simulate-senders-result.v1',
      await simulateSenders(
        {
          window: '5m..48h',
          for: 'postfix',
          set: [],
          'restarts-timer': false,
          force: false,
        },
        stdin,
      ),
    );
    expectValid('error.v1', {
      error: { code: 'usage', message: 'Wrong.', suggestions: ['Right'] },
    });
    const plan = planSandbox(SANDBOX, 0);
    expectValid(
      'sandbox.v1',
      sandboxFacts(plan, {
        address: '127.0.0.1',
        smtpPort: 2525,
        dnsPort: 2553,
        domain: 'grey.example',
        domains: ['grey.example'],
        zone: {},
        close: async () => {},
      }),
    );
  });

  it('are of the types that the library exports', async () => {
    // The compiler reads the types off the definitions: a field of another name would not pass it.
    const { state } = await virtualRun(acceptsAll());
    const probe: Outputs['probe-result.v1'] = buildResult(state, '1.2.3');
    const error: Outputs['error.v1'] = { error: { code: 'a', message: 'A.', suggestions: [] } };
    const mx: Outputs['mx-result.v1']['schema'] = 'greyprobe.mx-result.v1';

    expectValid('probe-result.v1', probe);
    expectValid('error.v1', error);
    expect(mx).to.be.a('string');
  });

  it('refuse what is none of it', async () => {
    const { state } = await virtualRun(acceptsAll());
    const { verdict: _, ...without } = buildResult(state, '1.2.3');

    expect(problemsOf('probe-result.v1', without)).to.contain("required property 'verdict'");
    expect(problemsOf('config.v1', { targts: [] })).to.contain('additional properties');
    expect(problemsOf('config.v1', { targets: [{ name: 'a' }] })).to.contain("'recipient'");
    expect(problemsOf('error.v1', {})).to.contain("'error'");
  });
});

const SANDBOX = {
  dialect: 'postgrey',
  delay: '20s',
  window: null,
  key: null,
  stage: null,
  earlyRetry: null,
  domain: 'grey.example',
  address: '127.0.0.1',
  smtpPort: 0,
  dnsPort: 0,
  lookAlikes: false,
} as const;
