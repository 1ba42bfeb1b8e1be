import { nonPublicRange } from '../dns/address-range.js';
import type { Job } from './messages.js';

/** What a worker does, whoever asks for it. */
export interface OwnLimits {
  /** Source addresses that it holds. */
  readonly sources: readonly string[];
  /** Also hosts that the public internet does not reach: one's own network. */
  readonly allowPrivate: boolean;
  readonly ports: readonly number[];
  readonly connectionsPerHour: number;
}

/** Why a worker does not make a visit, as a sentence; null: it may. */
export function refusalOf({ request, limits }: Job, own: OwnLimits): string | null {
  const { address, port, sourceAddress } = request;
  if (!own.sources.includes(sourceAddress)) return `It does not hold the address ${sourceAddress}.`;
  const range = nonPublicRange(address);
  if (range !== null && !own.allowPrivate) {
    return `${address} is no public address (${range}); --allow-private would allow it.`;
  }
  if (!own.ports.includes(port)) {
    return `Port ${port} is not one of its ports; --allow-port ${port} would allow it.`;
  }
  if (limits.connectionsPerHour > own.connectionsPerHour) {
    return (
      `The survey wants up to ${limits.connectionsPerHour} connections an hour to a host, and it makes ` +
      `${own.connectionsPerHour}; --connections-per-hour would allow more.`
    );
  }
  return null;
}
