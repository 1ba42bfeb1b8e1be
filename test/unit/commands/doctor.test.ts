import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { captureOutput } from '@oclif/test';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import * as v from 'valibot';
import Doctor from '../../../src/commands/doctor.js';
import { DoctorResultSchema } from '../../../src/contract/doctor-result.js';
import { PLAIN_POLICY } from '../../../src/sandbox/greylister-policy.js';
import type { Sandbox } from '../../../src/sandbox/start.js';
import { startSandbox } from '../../../src/sandbox/start.js';
import { closedPort } from '../edges/dns/support/servers.js';
import { temporaryFolder } from '../edges/journal/support/folder.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SCHEMA = new URL('../../../schemas/doctor-result.v1.json', import.meta.url);

async function run(...argv: string[]) {
  const config = await Config.load({ root: ROOT });
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    const output = await captureOutput(() => Doctor.run(argv, config), { stripAnsi: true });
    return { ...output, exit: process.exitCode };
  } finally {
    process.exitCode = before;
  }
}

// A run takes three seconds, since it measures a host of its own for real; so there is one only.
describe('greyprobe doctor', () => {
  const folder = temporaryFolder();
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({
      policy: PLAIN_POLICY,
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: 0,
      dnsPort: 0,
      names: {
        'sender.example': { MX: [[10, 'mail.sender.example']] },
        'mail.sender.example': { A: ['8.8.4.4'] },
      },
    });
  });

  afterEach(() => sandbox.close());

  const flags = () => [
    '--resolver',
    `127.0.0.1:${sandbox.dnsPort}`,
    '--state-dir',
    join(folder(), 'state'),
    '--from',
    'probe-{nonce}@sender.example',
    '--helo',
    'mail.sender.example',
  ];

  it('prints one object under --json, as its schema says, and ends with 1 when a check failed', async () => {
    const port = String(await closedPort());
    const { stdout, exit } = await run(...flags(), '--host', '127.0.0.1', '--port', port, '--json');
    const value: unknown = JSON.parse(stdout);
    const schema: AnySchemaObject = JSON.parse(readFileSync(SCHEMA, 'utf8'));
    const result = v.parse(v.strictObject(DoctorResultSchema.entries), value);

    expect(new Ajv2020({ strict: false }).validate(schema, value)).to.equal(true);
    expect(exit).to.equal(1);
    expect(result.outcome).to.equal('failed');
    expect(result.checks.map(({ check, outcome }) => [check, outcome])).to.deep.equal([
      ['node', 'ok'],
      ['state-folder', 'ok'],
      ['resolver', 'ok'],
      ['sender-domain', 'ok'],
      ['helo', 'ok'],
      ['reverse-dns', 'skipped'],
      ['port', 'failed'],
      ['self-test', 'ok'],
    ]);
    expect(result.checks.at(-1)?.found).to.contain('(confirmed)');
    // The connection is in the ledger of manners; nothing else is left.
    expect(readdirSync(join(folder(), 'state'))).to.deep.equal(['connections']);
  });

  it('says what is wrong with its flags before it looks at anything', async () => {
    const { stdout, exit } = await run(...flags(), '--source-ip', 'eth0', '--json');
    expect(JSON.parse(stdout)).to.have.nested.property('error.code', 'bad-source-ip');
    expect(exit).to.equal(2);
  });
});
