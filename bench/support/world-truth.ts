/** What a host of the world does: `accepted`, `rejected`, or its delay in seconds. */
export function truthOf(host: number): 'accepted' | 'rejected' | number {
  if (host % 5 === 0) return 'accepted';
  if (host % 5 === 1) return 'rejected';
  return 8 + (host % 23);
}
