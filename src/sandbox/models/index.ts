import * as v from 'valibot';
import {
  type AutoWhitelist,
  type CatalogueEntry,
  catalogueEntry,
} from '../../core/greylist/catalogue/index.js';
import { usageError } from '../../model/errors.js';
import { escapeControl } from '../../model/values/escape.js';
import {
  type GreylisterPolicy,
  KEY_PARTS,
  PLAIN_POLICY,
  PolicyChangesSchema,
  policyWith,
} from '../greylister-policy.js';
import { type Dialogue, DialogueSchema } from '../mail-host-behaviour.js';
import dialogues from './dialogues.json' with { type: 'json' };
import models from './models.json' with { type: 'json' };

/**
 * A greylister as far as it is known: shipped defaults, so a model and not the product. Where
 * nothing was known something had to be assumed, and `assumed` says what.
 */
export interface GreylisterModel {
  /** The catalogue's id; a variant adds a word to it. */
  readonly id: string;
  readonly name: string;
  /** What a prober should know and the policy does not say. */
  readonly note: string;
  readonly assumed: readonly string[];
  readonly policy: GreylisterPolicy;
  readonly dialogue: Partial<Dialogue>;
}

const DIALOGUES = v.parse(v.record(v.string(), DialogueSchema), dialogues);

/** What the catalogue does not say of a greylister: one entry of `models.json`, by the catalogue's id. */
const ModelEntrySchema = v.strictObject({
  /** The model from which this one differs as its policy says; without it, the catalogue's entry. */
  variantOf: v.optional(v.string()),
  /** Where it is not the catalogue's. */
  name: v.optional(v.string()),
  note: v.string(),
  assumed: v.optional(v.array(v.string()), []),
  /** A key of `dialogues.json`: the lines around a decision, as the mail server says them. */
  dialogue: v.optional(v.picklist(Object.keys(DIALOGUES))),
  policy: v.optional(PolicyChangesSchema, {}),
});

const ENTRIES = v.parse(v.record(v.string(), ModelEntrySchema), models);

/** Models of known greylisters, by id. */
export const MODELS: Readonly<Record<string, GreylisterModel>> = Object.fromEntries(
  Object.keys(ENTRIES).map((id) => [id, modelOf(id)]),
);

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

/** Postfix with Postgrey as Debian ships it. */
export const POSTGREY_LIKE: GreylisterPolicy = modelOf('postgrey').policy;

function modelOf(id: string): GreylisterModel {
  const entry = ENTRIES[id];
  if (entry === undefined) throw new RangeError(`${id} is not in models.json`);
  const { note, assumed, variantOf } = entry;
  const origin = variantOf === undefined ? catalogued(id) : modelOf(variantOf);
  return {
    id,
    name: entry.name ?? origin.name,
    note,
    assumed,
    policy: policyWith(origin.policy, entry.policy),
    dialogue: entry.dialogue === undefined ? origin.dialogue : (DIALOGUES[entry.dialogue] ?? {}),
  };
}

/** What the catalogue says of a greylister; where it says nothing, that of a plain one. */
function catalogued(id: string): Pick<GreylisterModel, 'name' | 'policy' | 'dialogue'> {
  const entry = catalogueEntry(id);
  if (entry === null) throw new RangeError(`${id} is not in the catalogue`);
  const { delaySeconds, windowSeconds, whitelistSeconds, key, earlyRetry, state } = entry;
  const [signature] = entry.signatures;
  const policy = policyWith(PLAIN_POLICY, {
    key: key.parts.length === 0 ? PLAIN_POLICY.key : keyOf(key.parts),
    delaySeconds: delaySeconds ?? PLAIN_POLICY.delaySeconds,
    windowSeconds: windowSeconds ?? PLAIN_POLICY.windowSeconds,
    whitelistSeconds: whitelistSeconds ?? PLAIN_POLICY.whitelistSeconds,
    sharedState: state === 'shared',
    ...(earlyRetry.effect === 'restart' ? { earlyRetry: { kind: 'restart' } } : {}),
    ...(earlyRetry.effect === 'extends' ? { windowFrom: 'last' } : {}),
    ...(signature === undefined ? {} : replyOf(signature)),
    ...whitelistOf(entry.autoWhitelist ?? []),
  });
  return { name: entry.name, policy, dialogue: {} };
}

/** The client of a sandbox has no name: what keys on the name of a client keys on its address. */
function keyOf(parts: CatalogueEntry['key']['parts']): readonly string[] {
  return parts.map((part) => KEY_PARTS.find((known) => known === part) ?? 'client');
}

/** What a pass opens, as shipped: of several lists the first. A network is taken for its client. */
function whitelistOf(lists: readonly AutoWhitelist[]) {
  const list = lists.find(({ shipped, afterPasses }) => shipped && afterPasses !== null);
  if (list === undefined) return {};
  const { of, afterPasses, apartSeconds } = list;
  const sender = of.find((part) => part === 'sender' || part === 'sender-domain');
  const apart = apartSeconds === 0 ? {} : { secondsBetweenPasses: apartSeconds };
  const scope = sender === undefined ? 'client' : `client-${sender}`;
  return { autoWhitelist: { scope, afterPasses, ...apart } };
}

/** Where a greylister answers, and what. */
function replyOf(signature: CatalogueEntry['signatures'][number]) {
  const { code, enhanced, sample, stages } = signature;
  return {
    stage: stages[0] ?? PLAIN_POLICY.stage,
    reply: {
      code: Number(code.replaceAll('x', '0')),
      enhanced: enhanced === '*' ? null : enhanced,
      text: [sample.replaceAll('{ip}', '{client}')],
    },
  };
}
