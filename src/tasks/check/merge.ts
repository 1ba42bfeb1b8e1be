import type { ConfigDefaults, ConfigExpect } from './config-schema.js';

/** Settings over other settings: each that is set replaces, expectations one by one. */
export function mergeDefaults(under: ConfigDefaults, over: ConfigDefaults): ConfigDefaults {
  const expect = mergeExpect(under.expect, over.expect);
  return { ...under, ...over, ...(expect === undefined ? {} : { expect }) };
}

/** Expectations over other expectations; `landsWithin` sender by sender. */
function mergeExpect(
  under: ConfigExpect | undefined,
  over: ConfigExpect | undefined,
): ConfigExpect | undefined {
  if (under === undefined || over === undefined) return over ?? under;
  const landsWithin = { ...under.landsWithin, ...over.landsWithin };
  const lands = Object.keys(landsWithin).length === 0 ? {} : { landsWithin };
  return { ...under, ...over, ...lands };
}
