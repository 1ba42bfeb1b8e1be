import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CERTIFICATE, PRIVATE_KEY } from '../../unit/edges/dns/support/certificate.js';
import { type Daemon, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { cached } from './remedies.js';

const ADDRESS = '127.0.0.1';

/** chasquid with one mail in its queue, for a program that always says "later": sysexits' 75. */
export interface QueuedInChasquid {
  /** Its log of deliveries. */
  readonly log: string;
  /** Starts it, and waits until it has been through its queue once more. */
  start(): Promise<Daemon>;
}

export async function queuedInChasquid(home: string): Promise<QueuedInChasquid> {
  const config = join(home, 'config');
  const data = join(home, 'data');
  const log = join(home, 'mail.log');
  const certificates = join(config, 'certs/mail.example');
  const later = join(home, 'later');
  for (const one of [certificates, join(config, 'domains/mail.example'), join(data, 'queue')]) {
    await mkdir(one, { recursive: true });
  }
  await writeFile(join(certificates, 'fullchain.pem'), CERTIFICATE);
  await writeFile(join(certificates, 'privkey.pem'), PRIVATE_KEY);
  await writeFile(later, '#!/bin/sh\nexit 75\n');
  await chmod(later, 0o755);
  await writeFile(log, '');
  await writeFile(
    join(config, 'chasquid.conf'),
    [
      'hostname: "mail.example"',
      `data_dir: "${data}"`,
      `smtp_address: "${ADDRESS}:${await freePort(ADDRESS)}"`,
      `submission_address: "${ADDRESS}:${await freePort(ADDRESS)}"`,
      `mail_log_path: "${log}"`,
      '',
    ].join('\n'),
  );
  await writeFile(
    join(data, 'queue/m:test'),
    [
      'ID: "test"',
      'from: "a@sender.example"',
      'To: "u@mail.example"',
      `rcpt: { address: "${later}" type: PIPE status: PENDING }`,
      'data: "Subject: test"',
      `created_at_ts: { seconds: ${Math.floor(Date.now() / 1000)} }`,
      '',
    ].join('\n'),
  );
  const loops = async () => (await readFile(log, 'utf8')).split('completed loop').length - 1;
  return {
    log,
    async start() {
      const before = await loops();
      return startDaemon({
        command: cached('chasquid/usr/bin/chasquid'),
        args: ['-config_dir', config, '-alsologtostderr'],
        ready: async () => (await loops()) > before,
      });
    },
  };
}
