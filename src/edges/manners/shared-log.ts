import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { LedgerEntry, LedgerLog } from '../../core/manners/ledger.js';
import { errorCode } from '../../model/errors.js';
import {
  isAlive,
  type ProcessIdentity,
  ProcessIdentitySchema,
  thisProcess,
} from '../journal/process-identity.js';
import { makeFolders } from '../system/make-folders.js';

/*
 * What all processes of a state folder tell each other of their connections.
 *
 * A file an hour, one line an entry, only ever appended to: appends of several processes get one order
 * that all of them read. Nothing is locked, and a process that died in its middle leaves at worst a
 * torn line, which all pass over. The lines are not synced one by one: after a power cut nobody has a
 * connection open, and each run counts its own hour from its journal.
 */

const HOUR_MS = 3_600_000;
/** The limits look back an hour, and a connection ends within another. */
const HOURS_READ = 2;
const HOURS_KEPT = 3;
const NAME = /^(?<hour>\d+)\.jsonl$/u;
const NEWLINE = 0x0a;
const CHUNK_BYTES = 64 * 1024;

const whom = v.object({ address: v.string(), port: v.number(), name: v.nullable(v.string()) });
const wallMs = v.number();
const LineSchema = v.variant('what', [
  v.object({ what: v.literal('process'), by: v.string(), process: ProcessIdentitySchema, wallMs }),
  v.object({ what: v.literal('begin'), id: v.string(), by: v.string(), whom, wallMs }),
  v.object({ what: v.literal('end'), id: v.string(), wallMs }),
  v.object({ what: v.literal('stop'), whom, wallMs }),
  v.object({ what: v.literal('gone'), by: v.string(), wallMs }),
  /** Nothing is to be appended any more: a later file was there already. */
  v.object({ what: v.literal('void'), id: v.string(), wallMs }),
]);
type Line = v.InferOutput<typeof LineSchema>;

export interface SharedLogOptions {
  readonly nowWallMs?: () => number;
  readonly self?: ProcessIdentity;
  readonly alive?: typeof isAlive;
}

/** One file of the log, read as far as it has come. */
interface HourFile {
  readonly hour: number;
  readonly fd: number;
  readBytes: number;
  /** The beginning of a line whose rest was not there yet. */
  rest: Buffer;
}

/** The log of a folder; of this process alone while the folder cannot be used. */
export function openSharedLog(folder: string, options: SharedLogOptions = {}): LedgerLog {
  return new SharedLog(folder, options);
}

class SharedLog implements LedgerLog {
  readonly by = randomUUID().slice(0, 13);
  readonly #folder: string;
  readonly #now: () => number;
  readonly #self: ProcessIdentity;
  readonly #alive: typeof isAlive;
  readonly #processes = new Map<string, { identity: ProcessIdentity; seenWallMs: number }>();
  /** Oldest first; the last is the one that is appended to. */
  #files: HourFile[] = [];
  #unread: Line[] = [];

  constructor(folder: string, { nowWallMs = Date.now, self, alive = isAlive }: SharedLogOptions) {
    this.#folder = folder;
    this.#now = nowWallMs;
    this.#self = self ?? thisProcess();
    this.#alive = alive;
  }

  append(entry: LedgerEntry): void {
    try {
      const file = this.#current();
      this.#writeOwn(file, entry);
      if (entry.what !== 'begin' || !existsSync(this.#path(file.hour + 1))) return;
      // Who reads the later file may not have seen it: nobody may count on it.
      this.#write(file, { what: 'void', id: entry.id, wallMs: entry.wallMs });
      this.#begin(file.hour + 1);
    } catch (error) {
      if (errorCode(error) === '') throw error;
      // A disk that is full stops the run by its journal; until then the process keeps to its own word.
      this.#unread.push(entry);
    }
  }

  read(): readonly LedgerEntry[] {
    try {
      this.#current();
      for (const file of this.#files) this.#readNew(file);
    } catch (error) {
      if (errorCode(error) === '') throw error;
    }
    if (this.#unread.length === 0) return [];
    const lines = this.#unread;
    this.#unread = [];
    const voided = new Set(lines.flatMap((line) => (line.what === 'void' ? [line.id] : [])));
    return lines.flatMap((line) => this.#entryOf(line, voided));
  }

  lives(by: string): boolean {
    const known = this.#processes.get(by);
    if (known === undefined) return false;
    return this.#alive(known.identity, known.seenWallMs, this.#now());
  }

  #entryOf(line: Line, voided: ReadonlySet<string>): LedgerEntry | [] {
    switch (line.what) {
      case 'process':
        this.#processes.set(line.by, { identity: line.process, seenWallMs: line.wallMs });
        return [];
      case 'void':
        return { what: 'end', id: line.id, wallMs: line.wallMs };
      case 'begin': {
        const known = this.#processes.get(line.by);
        if (known !== undefined) known.seenWallMs = line.wallMs;
        return voided.has(line.id) ? [] : line;
      }
      default:
        return line;
    }
  }

  /** The file of this hour, opened where it is not yet. A clock that was set back changes nothing. */
  #current(): HourFile {
    const last = this.#files.at(-1);
    const hour = this.#hour();
    if (last !== undefined && last.hour >= hour) return last;
    if (last === undefined) this.#start(hour);
    return this.#begin(hour);
  }

  /** Nothing is done to the disk before the first connection. */
  #start(hour: number): void {
    makeFolders(this.#folder);
    for (const { name, hour: old } of this.#stored()) {
      if (old < hour - HOURS_KEPT) rmSync(join(this.#folder, name), { force: true });
    }
    for (let one = hour - HOURS_READ; one < hour; one += 1) this.#open(one, false);
  }

  /** Goes on in the file of that hour, and says there who it is. */
  #begin(hour: number): HourFile {
    const file = this.#open(hour, true);
    const [by, process] = [this.by, this.#self];
    this.#write(file, { what: 'process', by, process, wallMs: this.#now() });
    return file;
  }

  #open(hour: number, create: false): HourFile | null;
  #open(hour: number, create: true): HourFile;
  #open(hour: number, create: boolean): HourFile | null {
    const flags = constants.O_RDWR | constants.O_APPEND | (create ? constants.O_CREAT : 0);
    let fd: number;
    try {
      fd = openSync(this.#path(hour), flags, 0o600);
    } catch (error) {
      if (create) throw error;
      return null;
    }
    const file = { hour, fd, readBytes: 0, rest: Buffer.alloc(0) };
    this.#files.push(file);
    while (this.#files.length > HOURS_READ + 1) {
      const old = this.#files.shift();
      if (old !== undefined) closeSync(old.fd);
    }
    return file;
  }

  /** What nobody else wrote before or after it need not be read to be known. */
  #writeOwn(file: HourFile, entry: LedgerEntry): void {
    for (const one of this.#files) this.#readNew(one);
    const bytes = this.#write(file, entry);
    if (file.rest.length > 0 || fstatSync(file.fd).size !== file.readBytes + bytes) return;
    file.readBytes += bytes;
    this.#unread.push(entry);
  }

  /** One write, with a line end on both sides, lest a torn line swallow it. */
  #write({ fd }: HourFile, line: Line): number {
    const bytes = Buffer.from(`\n${JSON.stringify(line)}\n`);
    if (writeSync(fd, bytes) < bytes.length) throw new Error('the disk takes no more bytes');
    return bytes.length;
  }

  #readNew(file: HourFile): void {
    const { size } = fstatSync(file.fd);
    while (file.readBytes < size) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - file.readBytes));
      const read = readSync(file.fd, chunk, 0, chunk.length, file.readBytes);
      if (read === 0) return;
      file.readBytes += read;
      const data = Buffer.concat([file.rest, chunk.subarray(0, read)]);
      const end = data.lastIndexOf(NEWLINE) + 1;
      for (const text of data.toString('utf8', 0, end).split('\n')) {
        const line = parseLine(text);
        if (line !== null) this.#unread.push(line);
      }
      file.rest = data.subarray(end);
    }
  }

  #path(hour: number): string {
    return join(this.#folder, `${hour}.jsonl`);
  }

  #stored(): readonly { readonly name: string; readonly hour: number }[] {
    return readdirSync(this.#folder).flatMap((name) => {
      const hour = NAME.exec(name)?.groups?.['hour'];
      return hour === undefined ? [] : [{ name, hour: Number(hour) }];
    });
  }

  #hour(): number {
    return Math.floor(this.#now() / HOUR_MS);
  }
}

function parseLine(text: string): Line | null {
  if (text === '') return null;
  try {
    const parsed = v.safeParse(LineSchema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
