/*
 * A world of mail on loopback, in a process of its own: a DNS server, and mail hosts on many addresses,
 * a fifth of them open, a fifth rejecting, the others greylisting for 8 to 30 s. Watches each address from
 * the side of the host. Says where it is in a line of JSON, and at the end of its input, what it has seen.
 *
 *   node --import=tsx bench/support/mail-world.ts DOMAINS HOSTS [FILE]
 *
 * FILE: gets a line for each connection and each recipient, as the hosts saw them.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { acceptsAll, greylists, rejectsRecipient } from '../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../src/sandbox/models/index.js';
import { startNameServer } from '../../src/sandbox/name-server.js';
import { startSmtpServer } from '../../src/sandbox/smtp-server.js';
import type { ZoneEntry } from '../../src/sandbox/zone.js';
import { truthOf } from './world-truth.js';

const [domains = 100, hosts = 100] = process.argv.slice(2, 4).map(Number);
const file = process.argv[4];
const seenLines: string[] = [];

function note(line: object): void {
  if (file !== undefined) seenLines.push(`${JSON.stringify(line)}\n`);
}

interface Watched {
  open: number;
  mostOpen: number;
  connections: number;
  endedMs: number;
  leastGapMs: number;
  readonly clients: Set<string>;
}
const watched = new Map<string, Watched>();
let smtpPort = 0;

subscribe('net.server.socket', (message) => {
  if (typeof message !== 'object' || message === null || !('socket' in message)) return;
  watch(message.socket as Socket);
});

function watch(socket: Socket): void {
  const { localAddress = '', localPort } = socket;
  if (localPort !== smtpPort) return;
  const one = watched.get(localAddress) ?? {
    open: 0,
    mostOpen: 0,
    connections: 0,
    endedMs: Number.NEGATIVE_INFINITY,
    leastGapMs: Number.POSITIVE_INFINITY,
    clients: new Set<string>(),
  };
  watched.set(localAddress, one);
  one.open += 1;
  one.connections += 1;
  one.mostOpen = Math.max(one.mostOpen, one.open);
  one.leastGapMs = Math.min(one.leastGapMs, performance.now() - one.endedMs);
  const began = Date.now();
  const client = socket.remoteAddress ?? '';
  one.clients.add(client);
  socket.once('close', () => {
    note({ saw: 'connection', address: localAddress, client, began, ended: Date.now() });
    one.open -= 1;
    one.endedMs = performance.now();
  });
}

function addressOf(host: number): string {
  return `127.${10 + (host >> 16)}.${(host >> 8) & 255}.${host & 255 || 1}`;
}

const zone: Record<string, ZoneEntry> = {};
const taken = new Set<string>();
for (let host = 0; host < hosts; host += 1) {
  let address = addressOf(host);
  if (taken.has(address)) address = `127.200.${(host >> 8) & 255}.${(host & 255) + 2}`;
  taken.add(address);
  const truth = truthOf(host);
  const behaviour =
    truth === 'accepted'
      ? acceptsAll()
      : truth === 'rejected'
        ? rejectsRecipient()
        : greylists({ ...POSTGREY_LIKE, delaySeconds: truth });
  const server = await startSmtpServer({
    address,
    port: smtpPort,
    name: `mx.host${host}.example`,
    behaviour,
    onDecision: ({ stage, sender }) => {
      if (stage === 'rcpt') note({ saw: 'recipient', address, sender });
    },
  });
  smtpPort = server.port;
  zone[`mx.host${host}.example`] = { A: [address] };
}
for (let domain = 0; domain < domains; domain += 1) {
  zone[`d${domain}.example`] = { MX: [[10, `mx.host${domain % hosts}.example`]] };
}
const dns = await startNameServer({ address: '127.0.0.1', port: 0, zone });
process.stdout.write(`${JSON.stringify({ smtpPort, dnsPort: dns.port })}\n`);

process.stdin.resume();
process.stdin.on('end', () => {
  const all = [...watched.values()];
  const seen = {
    addresses: all.length,
    connections: all.reduce((sum, one) => sum + one.connections, 0),
    mostAtATime: Math.max(0, ...all.map((one) => one.mostOpen)),
    leastGapMs: Math.round(Math.min(...all.map((one) => one.leastGapMs))),
    mostConnections: Math.max(0, ...all.map((one) => one.connections)),
    mostClients: Math.max(0, ...all.map((one) => one.clients.size)),
  };
  if (file !== undefined) writeFileSync(file, seenLines.join(''));
  process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0));
});
