import { isIP } from 'node:net';
import { usageError } from '../errors.js';

/** Reads client addresses with commas between. Throws `bad-source-ip`. */
export function parseClientAddresses(text: string): readonly string[] {
  const addresses = text.split(',').map((part) => part.trim());
  const given = addresses.filter((address) => address !== '');
  for (const address of given) {
    if (isIP(address) === 0) {
      throw usageError(
        'bad-source-ip',
        `'${address}' is not an IP address.`,
        'Write --source-ip 192.0.2.25.',
      );
    }
  }
  return given;
}
