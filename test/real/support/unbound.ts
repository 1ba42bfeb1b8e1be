import { Resolver } from 'node:dns/promises';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Zone, ZoneRecords } from '../../../src/sandbox/zone.js';
import { type Daemon, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { startInWorkspace } from './workspace.js';

export interface RealDnsServer extends Daemon {
  readonly address: string;
  readonly port: number;
}

export interface UnboundOptions {
  readonly zone: Zone;
  readonly address?: string;
  /** Without it any free one. */
  readonly port?: number;
}

const PROGRAM = '/usr/sbin/unbound';
/** A name that only this server knows, to see that it is up. */
const CANARY = 'ready.greyprobe.invalid';

/** Starts Unbound with these records. It asks nobody: other names do not exist. */
export async function startUnbound(options: UnboundOptions): Promise<RealDnsServer> {
  const address = options.address ?? '127.0.0.1';
  const port = options.port ?? (await freePort(address));
  const daemon = await startInWorkspace('unbound', async (folder) => {
    const file = join(folder, 'unbound.conf');
    await writeFile(file, configuration(folder, address, port, options.zone));
    // Debian's AppArmor profile is for the original's path, and would keep it from our folder.
    const program = join(folder, 'unbound');
    await copyFile(PROGRAM, program);
    return startDaemon({
      command: program,
      args: ['-d', '-p', '-c', file],
      ready: () => knowsCanary(address, port),
    });
  });
  return { ...daemon, address, port };
}

async function knowsCanary(address: string, port: number): Promise<boolean> {
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([`${address}:${port}`]);
  try {
    return (await resolver.resolve4(CANARY)).length > 0;
  } catch {
    return false;
  }
}

function configuration(folder: string, address: string, port: number, zone: Zone): string {
  const records = [`${CANARY}. 60 A 127.0.0.1`];
  for (const [name, entry] of Object.entries(zone)) {
    if (typeof entry === 'string') throw new Error(`Unbound cannot be told: ${entry}`);
    records.push(...recordLines(name, entry));
  }
  return [
    'server:',
    `  interface: ${address}`,
    `  port: ${port}`,
    '  access-control: 127.0.0.0/8 allow',
    '  chroot: ""',
    '  username: ""',
    `  directory: "${folder}"`,
    `  pidfile: "${join(folder, 'unbound.pid')}"`,
    '  use-syslog: no',
    '  logfile: ""',
    '  do-ip6: no',
    '  module-config: "iterator"',
    '  local-zone: "." static',
    // Zones that Unbound brings with it would hide names of ours.
    '  local-zone: "invalid." transparent',
    ...records.map((record) => `  local-data: '${record}'`),
    'remote-control:',
    '  control-enable: no',
    '',
  ].join('\n');
}

function recordLines(name: string, records: ZoneRecords): string[] {
  const start = `${name}. ${records.ttlSeconds ?? 300}`;
  return [
    ...(records.MX ?? []).map(([preference, host]) => `${start} MX ${preference} ${host}.`),
    ...(records.A ?? []).map((address) => `${start} A ${address}`),
    ...(records.AAAA ?? []).map((address) => `${start} AAAA ${address}`),
    ...(records.TXT ?? []).map((text) => `${start} TXT "${text}"`),
    ...(records.PTR ?? []).map((host) => `${start} PTR ${host}.`),
    ...(records.CNAME === undefined ? [] : [`${start} CNAME ${records.CNAME}.`]),
  ];
}
