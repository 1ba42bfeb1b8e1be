import * as v from 'valibot';
import greylisters from './greylisters.json' with { type: 'json' };
import lookalikes from './lookalikes.json' with { type: 'json' };
import { type CatalogueEntry, CatalogueSchema } from './schema.js';

export type { AutoWhitelist, CatalogueEntry, Signature } from './schema.js';

let loaded: readonly CatalogueEntry[] | null = null;

/** Every known greylister and look-alike, greylisters first. Read and checked once. */
export function loadCatalogue(): readonly CatalogueEntry[] {
  loaded ??= v.parse(CatalogueSchema, [...greylisters, ...lookalikes]);
  return loaded;
}

/** The entry with this id, or null. */
export function catalogueEntry(id: string): CatalogueEntry | null {
  return loadCatalogue().find((entry) => entry.id === id) ?? null;
}
