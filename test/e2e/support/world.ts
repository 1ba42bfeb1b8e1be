import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { type ProbeResult, ProbeResultSchema } from '../../../src/contract/probe-result.js';
import type { GreylisterPolicy } from '../../../src/sandbox/greylister-policy.js';
import { lookAlikes } from '../../../src/sandbox/look-alikes.js';
import { POSTGREY_LIKE } from '../../../src/sandbox/models/index.js';
import type { Sandbox, SandboxDecision, SandboxHost } from '../../../src/sandbox/start.js';
import { startSandbox } from '../../../src/sandbox/start.js';
import { type Finished, greyprobe } from '../../support/cli.js';
import { parsedJson } from './schemas.js';

const TEMPLATE = '{nonce}@sender.example';

/** As Postgrey, on an exact clock, and with no pass that opens the way for others. */
export const EXACT: GreylisterPolicy = {
  ...POSTGREY_LIKE,
  clockGranularitySeconds: 0,
  autoWhitelist: { scope: 'none', afterPasses: 0 },
};

export interface WorldOptions {
  readonly policy: GreylisterPolicy;
  /** The first of a hundred loopback addresses that no other test file listens on. */
  readonly address: string;
  readonly hosts?: readonly SandboxHost[];
}

/** Mail hosts and a DNS server on loopback, and a folder for the runs that are made there. */
export interface World {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the mail hosts answered so far. */
  readonly decisions: readonly SandboxDecision[];
  /** The words of a probe of this recipient. */
  probeWords(recipient: string, ...more: readonly string[]): readonly string[];
  run(...args: readonly string[]): Promise<Finished>;
  probe(recipient: string, ...more: readonly string[]): Promise<Finished>;
  probeJson(recipient: string, ...more: readonly string[]): Promise<ProbedJson>;
}

export interface ProbedJson extends Finished {
  readonly result: ProbeResult;
}

/** Starts `grey.example` with its look-alikes for the calling `describe`, and ends it afterwards. */
export function useWorld(options: WorldOptions): () => World {
  let world: World | null = null;
  before(async () => {
    world = await startWorld(options);
  });
  after(async () => {
    if (world === null) return;
    await world.sandbox.close();
    rmSync(world.folder, { recursive: true, force: true });
  });
  return () => {
    if (world === null) throw new Error('The world has not been started.');
    return world;
  };
}

async function startWorld({ policy, address, hosts = [] }: WorldOptions): Promise<World> {
  const decisions: SandboxDecision[] = [];
  const neighbours = lookAlikes('grey.example', address, Date.now());
  const sandbox = await startSandbox({
    policy,
    domain: 'grey.example',
    address,
    smtpPort: 0,
    dnsPort: 0,
    hosts: [...neighbours.hosts, ...hosts],
    names: neighbours.names,
    onDecision: (decision) => decisions.push(decision),
  });
  const folder = mkdtempSync(join(tmpdir(), 'greyprobe-'));
  const env = {
    GREYPROBE_STATE_DIR: folder,
    GREYPROBE_HELO: 'client.sender.example',
    GREYPROBE_RESOLVER: `${address}:${sandbox.dnsPort}`,
  };
  const probeWords = (recipient: string, ...more: readonly string[]) => [
    ...['probe', recipient, '--port', String(sandbox.smtpPort)],
    ...(more.includes('--from') ? [] : ['--from', TEMPLATE]),
    ...more,
  ];
  // Processes on one state folder share the limits of good manners. Probes that run side by side here
  // stand for those of many machines; a run that is to be found again stays in the common folder.
  const run = (...args: readonly string[]) => {
    const isAlone = args[0] === 'probe' && !args.includes('--no-wait');
    if (!isAlone) return greyprobe(args, env);
    return greyprobe(args, { ...env, GREYPROBE_STATE_DIR: mkdtempSync(join(folder, 'own-')) });
  };
  const probe = (recipient: string, ...more: readonly string[]) =>
    run(...probeWords(recipient, ...more));
  const probeJson = async (recipient: string, ...more: readonly string[]) => {
    const finished = await probe(recipient, ...more, '--json');
    const result = v.parse(ProbeResultSchema, parsedJson('probe-result.v1', finished.stdout));
    return { ...finished, result };
  };
  return { sandbox, folder, env, decisions, probeWords, run, probe, probeJson };
}
