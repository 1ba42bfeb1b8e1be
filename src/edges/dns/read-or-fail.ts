import { UnreadableMessage } from './message-frame.js';
import type { DnsQuery } from './query.js';
import { type DnsResponse, readResponse } from './response.js';
import { ServerFailure } from './server-failure.js';

/** `readResponse`, with a broken answer told as a failure of the server that sent it. */
export function readOrFail(bytes: Buffer, query: DnsQuery): DnsResponse | null {
  try {
    return readResponse(bytes, query);
  } catch (error) {
    if (!(error instanceof UnreadableMessage)) throw error;
    throw new ServerFailure('unreadable', `sent an answer that cannot be read (${error.message})`, {
      cause: error,
    });
  }
}
