import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isListening, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { giveTo } from './user.js';
import { makeWorkspace, removeWorkspace } from './workspace.js';

export interface Postfix {
  readonly address: string;
  readonly port: number;
  readonly hostName: string;
  /** What it logged. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

export interface PostfixOptions {
  /** Loopback address; servers beside each other take different ones. */
  readonly address?: string;
  /** Without it any free one. */
  readonly port?: number;
  /** Domain whose mail it takes, for any recipient, and throws away. */
  readonly domain: string;
  readonly hostName?: string;
  /** Port of a policy service on 127.0.0.1, such as Postgrey. */
  readonly policyPort?: number;
  /**
   * Loopback address of a DNS server on port 53, the only one that a resolver can be told. Without
   * it nothing may be configured that looks names up.
   */
  readonly resolver?: string;
  /** Put postscreen before it, as Postfix calls the tests of new clients. */
  readonly postscreen?: boolean;
  /** Further parameters of main.cf, which win over those here. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Starts a Postfix with configuration, queue and log of its own. */
export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  const address = options.address ?? '127.0.4.1';
  const port = options.port ?? (await freePort(address));
  const hostName = options.hostName ?? `mx.${options.domain}`;
  const folder = await makeWorkspace('postfix');
  const places = placesIn(folder);
  try {
    await prepare(places, { ...options, hostName }, address, port);
    const daemon = await startDaemon({
      command: '/usr/sbin/postfix',
      args: ['-c', places.configuration, 'start-fg'],
      ready: () => isListening(address, port),
      readyWithinMs: 30_000,
      pidFile: join(places.queue, 'pid/master.pid'),
    });
    return {
      address,
      port,
      hostName,
      log: () => readFile(places.log, 'utf8'),
      stop: async () => {
        await daemon.stop();
        await removeWorkspace(folder);
      },
    };
  } catch (error) {
    const log = await readFile(places.log, 'utf8').catch(() => '');
    await removeWorkspace(folder);
    throw new Error(`Postfix did not start. Its log:\n${log}`, { cause: error });
  }
}

interface Places {
  readonly configuration: string;
  readonly queue: string;
  readonly data: string;
  readonly log: string;
}

function placesIn(folder: string): Places {
  return {
    configuration: join(folder, 'etc'),
    queue: join(folder, 'queue'),
    data: join(folder, 'data'),
    log: join(folder, 'mail.log'),
  };
}

async function prepare(
  places: Places,
  options: PostfixOptions & { readonly hostName: string },
  address: string,
  port: number,
): Promise<void> {
  for (const folder of [places.configuration, places.queue, places.data]) await mkdir(folder);
  await giveTo('postfix', places.data);
  if (options.resolver !== undefined) {
    // A process in a chroot reads the resolver's address from there.
    await mkdir(join(places.queue, 'etc'));
    await writeFile(join(places.queue, 'etc/resolv.conf'), `nameserver ${options.resolver}\n`);
  }
  const chroot = options.resolver === undefined ? 'n' : 'y';
  const services = [...entrance(`${address}:${port}`, chroot, options.postscreen), ...SERVICES, ''];
  await writeFile(join(places.configuration, 'master.cf'), services.join('\n'));
  await writeFile(join(places.configuration, 'main.cf'), mainCf(places, options));
}

function mainCf(places: Places, options: PostfixOptions & { readonly hostName: string }): string {
  const policy =
    options.policyPort === undefined
      ? ''
      : `check_policy_service inet:127.0.0.1:${options.policyPort}`;
  const parameters: Record<string, string> = {
    compatibility_level: '3.6',
    queue_directory: places.queue,
    data_directory: places.data,
    maillog_file: places.log,
    maillog_file_prefixes: places.log,
    myhostname: options.hostName,
    inet_protocols: 'ipv4',
    // Clients are on loopback and must not be trusted for that.
    mynetworks: '',
    mydestination: '',
    virtual_mailbox_domains: options.domain,
    virtual_mailbox_maps: 'static:all',
    virtual_transport: 'discard:',
    default_transport: 'discard:',
    alias_maps: '',
    local_recipient_maps: '',
    smtpd_peername_lookup: 'no',
    smtpd_relay_restrictions: 'reject_unauth_destination',
    smtpd_recipient_restrictions: policy,
    // Tests connect often, and all from one address.
    smtpd_client_connection_rate_limit: '0',
    smtpd_error_sleep_time: '0',
    biff: 'no',
    ...options.parameters,
  };
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

function entrance(endpoint: string, chroot: 'y' | 'n', postscreen = false): readonly string[] {
  if (!postscreen) return [`${endpoint} inet n - ${chroot} - - smtpd`];
  return [
    `${endpoint} inet n - n - 1 postscreen`,
    `smtpd pass - - ${chroot} - - smtpd`,
    'dnsblog unix - - n - 0 dnsblog',
    'tlsproxy unix - - n - 0 tlsproxy',
  ];
}

const SERVICES: readonly string[] = [
  'anvil unix - - n - 1 anvil',
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 300 1 qmgr',
  'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce',
  'defer unix - - n - 0 bounce',
  'trace unix - - n - 0 bounce',
  'verify unix - - n - 1 verify',
  'flush unix n - n 1000? 0 flush',
  'proxymap unix - - n - - proxymap',
  'discard unix - - n - - discard',
  'smtp unix - - n - - smtp',
  'error unix - - n - - error',
  'retry unix - - n - - error',
  'showq unix n - n - - showq',
  'scache unix - - n - 1 scache',
  'tlsmgr unix - - n 1000? 1 tlsmgr',
  'postlog unix-dgram n - n - 1 postlogd',
];
