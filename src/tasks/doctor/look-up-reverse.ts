import { failureIn, findAddresses } from '../../edges/dns/host-addresses.js';
import { GreyprobeError } from '../../model/errors.js';
import type { Resolver } from '../../model/ports/resolver.js';
import type { ReverseLookUp } from './judge-reverse.js';
import { isSameAddress, reverseName } from './reverse-name.js';

/** More names of one address than this are not looked at. */
const MOST_NAMES = 8;

/** Asks for the names of an address, and for their addresses. A failure is part of the result. */
export async function lookUpReverse(
  address: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<ReverseLookUp> {
  try {
    const answer = await resolver.text(reverseName(address), 'PTR', signal);
    const names = [...new Set(answer.data)].filter((name) => name !== '').slice(0, MOST_NAMES);
    const found = await Promise.all(names.map((name) => findAddresses(name, resolver, signal)));
    return {
      address,
      names: found.map(({ name, all }) => ({
        name,
        pointsBack: all.some((one) => isSameAddress(one, address)),
      })),
      failure: found.map((one) => failureIn(one, 'any')).find((one) => one !== null) ?? null,
    };
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    return { address, names: [], failure: error };
  }
}
