import { type FileHandle, open, stat } from 'node:fs/promises';
import { cannotRead } from './system-error.js';

const CHUNK_BYTES = 65_536;

/** Called at the end of what is there; resolves when it is time to look again, to false to stop. */
export type WaitForMore = () => Promise<boolean>;

/**
 * The bytes of a file as it grows, in chunks that are only valid until the next one is asked for. A file
 * that is rotated by its name is read to its end, and then the new one of that name; one that is cut off in
 * place (copytruncate) is read from its beginning again. Throws `cannot-read-file`.
 */
export async function* followFile(path: string, waitForMore: WaitForMore): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let handle = await opened(path);
  let at = 0;
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, at);
      at += bytesRead;
      if (bytesRead > 0) {
        yield buffer.subarray(0, bytesRead);
        continue;
      }
      const { size, ino } = await handle.stat();
      if (size < at) {
        at = 0;
        continue;
      }
      const now = await stat(path).catch(() => null);
      if (now !== null && now.ino !== ino && size === at) {
        const next = await opened(path);
        await handle.close();
        handle = next;
        at = 0;
        continue;
      }
      if (!(await waitForMore())) return;
    }
  } finally {
    await handle.close();
  }
}

function opened(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((error: unknown) => {
    throw cannotRead(path, error);
  });
}
