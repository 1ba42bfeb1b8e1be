import { createServer } from 'node:net';
import { errorCode } from '../../model/errors.js';

/** Whether this machine can connect from an address: whether it may be bound. */
export function holdsAddress(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(errorCode(error) !== 'EADDRNOTAVAIL'));
    server.listen({ host: address, port: 0, exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
