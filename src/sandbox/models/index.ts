import { usageError } from '../../model/errors.js';
import { escapeControl } from '../../model/values/escape.js';
import { PLAIN } from '../policies.js';
import { EXIM_MODELS } from './exim.js';
import type { GreylisterModel, ModelEntry } from './model.js';
import { POSTFIX_MODELS } from './postfix.js';
import { PRODUCT_MODELS } from './products.js';
import { SERVER_MODELS } from './servers.js';

export type { GreylisterModel } from './model.js';

/** Models of known greylisters, by id. */
export const MODELS: Readonly<Record<string, GreylisterModel>> = Object.fromEntries(
  [...POSTFIX_MODELS, ...EXIM_MODELS, ...SERVER_MODELS, ...PRODUCT_MODELS].map((entry) => [
    entry.id,
    complete(entry),
  ]),
);

/** Greylisters of the catalogue that cannot be modelled, and why. */
export const NOT_MODELLED: Readonly<Record<string, string>> = {
  'clearswift-gfi-ftgate-comodo': 'four products of which only the names of settings are known',
  'sophos-utm': 'nothing about it was verified',
  'retry-tag-draft': 'a proposal for a reply, not a greylister',
};

/** The model with this id. Throws `unknown-model` (usage). */
export function modelById(id: string): GreylisterModel {
  const model = Object.hasOwn(MODELS, id) ? MODELS[id] : undefined;
  if (model !== undefined) return model;
  const start = id.slice(0, 3).toLowerCase();
  const alike = Object.keys(MODELS).filter((known) => start !== '' && known.includes(start));
  const shown = alike.length > 0 ? alike : Object.keys(MODELS);
  throw usageError(
    'unknown-model',
    `There is no model of "${escapeControl(id.slice(0, 64))}".`,
    `${alike.length > 0 ? 'Did you mean' : 'Known are'}: ${shown.join(', ')}.`,
  );
}

function complete(entry: ModelEntry): GreylisterModel {
  return {
    id: entry.id,
    name: entry.name,
    note: entry.note,
    assumed: entry.assumed ?? [],
    policy: { ...PLAIN, ...entry.policy },
    dialogue: entry.dialogue ?? {},
  };
}
