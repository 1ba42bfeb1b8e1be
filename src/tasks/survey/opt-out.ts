import { statSync } from 'node:fs';
import ipaddr from 'ipaddr.js';
import { networkMark } from '../../core/manners/opt-out-marks.js';
import { readSmallFile } from '../../edges/system/read-bytes.js';
import { cannotRead } from '../../edges/system/system-error.js';
import { usageError } from '../../model/errors.js';
import { parseDomain } from '../../model/values/domain.js';

const LARGEST_BYTES = 16 * 1024 * 1024;
/** How often it is looked whether the file has changed. */
const LOOK_EVERY_MS = 2000;

/**
 * Who is not to be asked: domains with all below them, addresses and networks, a line each. The file is
 * read again while the survey runs; a line that cannot be read then leaves the old list in place.
 */
export class OptOut {
  readonly #path: string | null;
  #domains: ReadonlySet<string> = new Set();
  #networks: readonly ReturnType<typeof ipaddr.parseCIDR>[] = [];
  #lookedMs = Number.NEGATIVE_INFINITY;
  #version = '';
  #marks: readonly string[] = [];

  /** Throws a usage error where the file cannot be read. Null: nobody opted out. */
  constructor(path: string | null) {
    this.#path = path;
    this.#read();
  }

  /** Whether a target, or where its mail goes, is on the list. */
  covers(names: readonly string[], address: string | null, nowMs: number): boolean {
    this.#readAgain(nowMs);
    return names.some((name) => this.#coversName(name)) || this.#coversAddress(address);
  }

  /** What the list holds, as `optOutMarks` names hosts; another array once the file has changed. */
  marks(nowMs: number): readonly string[] {
    this.#readAgain(nowMs);
    return this.#marks;
  }

  #coversName(name: string): boolean {
    if (this.#domains.size === 0) return false;
    const labels = name.toLowerCase().split('.');
    return labels.some((_, index) => this.#domains.has(labels.slice(index).join('.')));
  }

  #coversAddress(text: string | null): boolean {
    if (text === null || this.#networks.length === 0 || !ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return this.#networks.some(
      (network) => network[0].kind() === address.kind() && address.match(network),
    );
  }

  #readAgain(nowMs: number): void {
    if (this.#path === null || nowMs - this.#lookedMs < LOOK_EVERY_MS) return;
    this.#lookedMs = nowMs;
    try {
      this.#read();
    } catch {
      // Said at the start; a file that is being written is read at the next look.
    }
  }

  #read(): void {
    const path = this.#path;
    if (path === null) return;
    const stats = statSync(path, { throwIfNoEntry: false });
    const version = stats === undefined ? '' : `${stats.mtimeMs} ${stats.size}`;
    if (version === this.#version && version !== '') return;
    const { domains, networks } = parse(textOf(path), path);
    this.#domains = domains;
    this.#networks = networks;
    this.#version = version;
    const marks = networks.map(([address, bits]) => networkMark(address, bits));
    this.#marks = [...domains, ...marks];
  }
}

function textOf(path: string): string {
  try {
    return readSmallFile(path, LARGEST_BYTES).toString('utf8');
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function parse(text: string, path: string) {
  const domains = new Set<string>();
  const networks: ReturnType<typeof ipaddr.parseCIDR>[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const entry = line.replace(/#.*$/u, '').trim();
    if (entry === '') continue;
    try {
      const [address = '', bits] = entry.split('/');
      if (!ipaddr.isValid(address)) domains.add(parseDomain(entry.replace(/^.*@/u, '')));
      else if (bits === undefined) networks.push(single(address));
      else networks.push(ipaddr.parseCIDR(entry));
    } catch {
      throw usageError(
        'bad-opt-out',
        `${path}:${index + 1}: that is neither a domain nor an address nor a network.`,
        'Write example.org, 192.0.2.7 or 192.0.2.0/24, one a line.',
      );
    }
  }
  return { domains, networks };
}

function single(text: string): ReturnType<typeof ipaddr.parseCIDR> {
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
