import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/**
 * The local address from which this machine would connect to `address`, or null where there is no
 * route. A UDP socket is told its peer, so that the system picks the address; nothing is sent.
 */
export function clientAddressTo(address: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const end = (found: string | null) => {
      socket.close();
      resolve(found);
    };
    socket.once('error', () => end(null));
    // Not as a callback of connect(): that would be called for an error as well.
    socket.once('connect', () => end(socket.address().address));
    socket.connect(port, address);
  });
}
