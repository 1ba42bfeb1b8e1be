import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Daemon, isListening, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { giveTo } from './user.js';
import { startInWorkspace } from './workspace.js';

export interface Exim extends Daemon {
  readonly address: string;
  readonly port: number;
}

export interface EximOptions {
  /** Loopback address; servers beside each other take different ones. */
  readonly address: string;
  readonly domain: string;
  /** A sender is accepted when it was seen this long ago (the `seen` condition of Exim 4.96). */
  readonly delaySeconds: number;
  /** An early try starts the wait again, as in recipes that always write. */
  readonly restartsTimer: boolean;
}

/** Unpacked there by run.sh: Debian's package cannot be installed beside Postfix. */
const PROGRAM = fileURLToPath(
  new URL('../../../node_modules/.cache/exim/usr/sbin/exim4', import.meta.url),
);

/** Starts an Exim that greylists at RCPT by itself, keyed by client address, sender and recipient. */
export async function startExim(options: EximOptions): Promise<Exim> {
  const { address } = options;
  const port = await freePort(address);
  const daemon = await startInWorkspace('exim', async (folder) => {
    const spool = join(folder, 'spool');
    await mkdir(spool);
    await giveTo('mail', spool);
    const file = join(folder, 'exim.conf');
    await writeFile(file, configuration(folder, spool, port, options));
    return startDaemon({
      command: PROGRAM,
      args: ['-C', file, '-bdf'],
      ready: () => isListening(address, port),
    });
  });
  return { ...daemon, address, port };
}

const KEY = ['sender_host_address', 'sender_address', 'local_part'];

function configuration(
  folder: string,
  spool: string,
  port: number,
  { address, domain, delaySeconds, restartsTimer }: EximOptions,
): string {
  const key = KEY.map((variable) => `\${${variable}}`).join('_');
  return `exim_user = mail
exim_group = mail
exim_path = ${PROGRAM}
spool_directory = ${spool}
log_file_path = ${spool}/%slog
pid_file_path = ${folder}/exim.pid
notifier_socket =
keep_environment =
primary_hostname = mx.${domain}
local_interfaces = <; ${address}
daemon_smtp_ports = ${port}
tls_advertise_hosts =
host_lookup =
acl_smtp_rcpt = check_rcpt
begin acl
check_rcpt:
  deny  !domains = ${domain}
        message = relay not permitted
  defer !seen = -${delaySeconds}s / key=${key}${restartsTimer ? ' / write' : ''}
  accept
begin routers
begin transports
begin retry
`;
}
