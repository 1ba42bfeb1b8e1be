import { isIP } from 'node:net';

export const ADDRESS_FAMILIES = ['any', 'ipv4', 'ipv6'] as const;
export type AddressFamily = (typeof ADDRESS_FAMILIES)[number];

/** Whether an address literal may be used where this family was asked for. */
export function inFamily(address: string, family: AddressFamily): boolean {
  if (family === 'any') return true;
  return isIP(address) === (family === 'ipv4' ? 4 : 6);
}
