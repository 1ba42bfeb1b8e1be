import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { FindEndpoint } from '../endpoint-addresses.js';
import { readResponse } from '../response.js';
import { ServerFailure, tlsFailure } from '../server-failure.js';
import type { Transport } from './transport.js';

const MEDIA_TYPE = 'application/dns-message';
/** A DNS message is no longer than this. */
const MAX_BODY_BYTES = 65_535;
const CONNECTIONS = 2;

/**
 * DNS over HTTPS (RFC 8484), by POST, over connections that are kept. The certificate must verify.
 * Redirects are not followed. `find` and `ca`: as for TLS.
 */
export function httpsTransport(url: string, find: FindEndpoint, ca?: string): Transport {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: CONNECTIONS,
    ...(ca === undefined ? {} : { ca }),
  });
  return async (query, signal) => {
    signal.throwIfAborted();
    const bytes = await post(url, await find(signal), agent, query.bytes, signal);
    const response = readResponse(bytes, query);
    if (response === null) {
      throw new ServerFailure('unreadable', 'sent an answer that does not fit the question');
    }
    return response;
  };
}

function post(
  url: string,
  lookup: LookupFunction,
  agent: Agent,
  body: Buffer,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(signal.aborted ? signal.reason : tlsFailure(error));
    const sent = request(
      url,
      {
        method: 'POST',
        agent,
        lookup,
        signal,
        headers: {
          Accept: MEDIA_TYPE,
          'Content-Type': MEDIA_TYPE,
          'Content-Length': body.length,
        },
      },
      (response) => {
        readBody(response).then(resolve, (error: unknown) => {
          sent.destroy();
          fail(error);
        });
      },
    );
    sent.on('error', fail);
    sent.end(body);
  });
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  if (response.statusCode !== 200) {
    throw new ServerFailure(
      'http',
      `answered with HTTP status ${response.statusCode ?? 'unknown'}`,
    );
  }
  const mediaType = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType !== MEDIA_TYPE) {
    throw new ServerFailure('http', 'answered with something that is not a DNS message');
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > MAX_BODY_BYTES) {
      throw new ServerFailure('unreadable', 'sent more than a DNS message can hold');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
