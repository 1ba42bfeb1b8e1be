import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, isListening, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { cached } from './remedies.js';
import { giveTo } from './user.js';
import { startInWorkspace } from './workspace.js';

export interface Exim extends Daemon {
  readonly address: string;
  readonly port: number;
  /** Its main log. */
  log(): Promise<string>;
}

export interface EximOptions {
  /** Loopback address; servers beside each other take different ones. */
  readonly address: string;
  readonly domain: string;
  /** What it asks before it takes mail. */
  readonly greylister: SeenBefore | AskGreylistd;
}

/** A sender is accepted when it was seen so long ago (the `seen` condition of Exim 4.96). */
interface SeenBefore {
  readonly delaySeconds: number;
  /** An early try starts the wait again, as in recipes that always write. */
  readonly restartsTimer: boolean;
}

/** As the package greylistd sets Exim up. */
interface AskGreylistd {
  readonly socket: string;
}

/** Starts an Exim that greylists at RCPT, by client address, sender and recipient, and throws mail away. */
export function startExim({ address, domain, greylister }: EximOptions): Promise<Exim> {
  return startEximWith({
    address,
    hostName: `mx.${domain}`,
    configuration: `begin acl
check_rcpt:
  deny  !domains = ${domain}
        message = relay not permitted
  ${waiting(greylister)}
  accept
begin routers
drop:
  driver = redirect
  data = :blackhole:
begin retry
`,
  });
}

function waiting(greylister: EximOptions['greylister']): string {
  if (!('socket' in greylister)) {
    const { delaySeconds, restartsTimer } = greylister;
    const key = '$sender_host_address,$sender_address,$local_part';
    return `defer !seen = -${delaySeconds}s / key=${key}${restartsTimer ? ' / write' : ''}`;
  }
  const triplet = '$sender_host_address $sender_address $local_part@$domain';
  return `defer
    message = $sender_host_address is not yet authorized to deliver mail from \\
              <$sender_address> to <$local_part@$domain>. Please try later.
    log_message = greylisted.
    condition = \${readsocket{${greylister.socket}}{--grey ${triplet}}{5s}{}{false}}`;
}

/** Starts an Exim that throws nothing away: its routers, transports and retry rules are given. */
export async function startEximWith({
  address,
  hostName,
  args = [],
  configuration,
}: {
  readonly address: string;
  readonly hostName: string;
  readonly args?: readonly string[];
  /** Behind the main part. The ACL for recipients is `check_rcpt`. */
  readonly configuration: string;
}): Promise<Exim> {
  const port = await freePort(address);
  let mainLog = '';
  const daemon = await startInWorkspace('exim', async (folder) => {
    const spool = join(folder, 'spool');
    await mkdir(spool);
    await giveTo('mail', spool);
    mainLog = join(spool, 'mainlog');
    const file = join(folder, 'exim.conf');
    await writeFile(
      file,
      `${mainPart(folder, spool, { address, port, hostName })}${configuration}`,
    );
    return startDaemon({
      command: EXIM,
      args: ['-C', file, '-bdf', ...args],
      ready: () => isListening(address, port),
    });
  });
  return { ...daemon, address, port, log: () => readFile(mainLog, 'utf8') };
}

/** Unpacked there by run.sh: Debian's package cannot be installed beside Postfix. */
const EXIM = cached('exim/usr/sbin/exim4');

function mainPart(
  folder: string,
  spool: string,
  { address, port, hostName }: { readonly address: string; port: number; hostName: string },
): string {
  return `exim_user = mail
exim_group = mail
exim_path = ${EXIM}
spool_directory = ${spool}
log_file_path = ${spool}/%slog
pid_file_path = ${folder}/exim.pid
notifier_socket =
keep_environment =
primary_hostname = ${hostName}
local_interfaces = <; ${address}
daemon_smtp_ports = ${port}
tls_advertise_hosts =
host_lookup =
acl_smtp_rcpt = check_rcpt
# Else it begins anew for each delivery, without its log: it was given another configuration than its own.
deliver_drop_privilege = true
`;
}
