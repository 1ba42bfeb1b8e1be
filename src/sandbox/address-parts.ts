/** Where the domain of an address begins: the last `@`, since a quoted local part may hold others. */
export function lastIndexOfAt(address: string): number | null {
  const at = address.lastIndexOf('@');
  return at < 0 ? null : at;
}

/** Local part of an address, or the whole when it has no domain. */
export function localPartOf(address: string): string {
  const at = lastIndexOfAt(address);
  return at === null ? address : address.slice(0, at);
}

/** Domain of an address in lower case, or `''` when it has none. */
export function domainOf(address: string): string {
  const at = lastIndexOfAt(address);
  return at === null ? '' : address.slice(at + 1).toLowerCase();
}
