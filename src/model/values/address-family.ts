import { isIP } from 'node:net';

export type AddressFamily = 'any' | 'ipv4' | 'ipv6';

/** Whether an address literal may be used where this family was asked for. */
export function inFamily(address: string, family: AddressFamily): boolean {
  if (family === 'any') return true;
  return isIP(address) === (family === 'ipv4' ? 4 : 6);
}

/** `--ipv4`, `--ipv6` or neither, as one word. */
export function addressFamily(flags: { ipv4: boolean; ipv6: boolean }): 'any' | 'ipv4' | 'ipv6' {
  if (flags.ipv4) return 'ipv4';
  return flags.ipv6 ? 'ipv6' : 'any';
}
