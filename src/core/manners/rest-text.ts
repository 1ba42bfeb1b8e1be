import type { Rest } from '../../model/ports/dialer.js';

/** `the host asked to stop at 10:12 UTC, and is left alone until 11:12 UTC`. */
export function restText(
  { address }: { readonly address: string },
  { who, saidWallMs, untilWallMs }: Rest,
): string {
  const whose = who === address ? 'the host' : `a host of ${who}`;
  return `${whose} asked to stop at ${timeText(saidWallMs)}, and is left alone until ${timeText(untilWallMs)}`;
}

function timeText(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(11, 16)} UTC`;
}
