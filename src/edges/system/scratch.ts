import { openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Where bytes were put: for `take`, once. */
export interface ScratchPlace {
  readonly slot: number;
  readonly length: number;
}

/**
 * Bytes put aside on the disk and taken back, for what memory is too dear for. The file has no name, so
 * that nothing is left of it when the process ends, however it ends.
 */
export class Scratch {
  readonly #folder: string;
  readonly #slotBytes: number;
  readonly #free: number[] = [];
  #slots = 0;
  #fd: number | null = null;

  /** Nothing is done to the folder before the first `put`. */
  constructor(folder: string, slotBytes = 16 * 1024) {
    this.#folder = folder;
    this.#slotBytes = slotBytes;
  }

  /** Null where there is no room for them: too many of them, or no disk. */
  put(bytes: Buffer): ScratchPlace | null {
    if (bytes.length > this.#slotBytes) return null;
    const slot = this.#free.pop() ?? this.#slots;
    try {
      this.#fd ??= openNameless(this.#folder);
      if (writeSync(this.#fd, bytes, 0, bytes.length, slot * this.#slotBytes) < bytes.length) {
        throw new Error('the disk takes no more bytes');
      }
    } catch {
      if (slot < this.#slots) this.#free.push(slot);
      return null;
    }
    this.#slots = Math.max(this.#slots, slot + 1);
    return { slot, length: bytes.length };
  }

  take({ slot, length }: ScratchPlace): Buffer {
    const bytes = Buffer.alloc(length);
    if (this.#fd === null) throw new RangeError('nothing was put there');
    readSync(this.#fd, bytes, 0, length, slot * this.#slotBytes);
    this.#free.push(slot);
    return bytes;
  }
}

function openNameless(folder: string): number {
  const path = join(folder, `.${process.pid}.scratch`);
  const fd = openSync(path, 'w+', 0o600);
  rmSync(path, { force: true });
  return fd;
}
