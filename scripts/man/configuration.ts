import * as v from 'valibot';
import { PROBE_SETTINGS } from '../../src/tasks/settings/probe-settings.js';
import type { AnySetting } from '../../src/tasks/settings/setting.js';
import { bold, entry, page, roff, section, subsection, verbatim } from './roff.js';

interface Key {
  readonly description?: string | undefined;
  readonly properties?: Readonly<Record<string, Key>> | undefined;
  readonly items?: Key | undefined;
  readonly enum?: readonly string[] | undefined;
}

const KeySchema: v.GenericSchema<Key> = v.object({
  description: v.optional(v.string()),
  properties: v.optional(
    v.record(
      v.string(),
      v.lazy(() => KeySchema),
    ),
  ),
  items: v.optional(v.lazy(() => KeySchema)),
  enum: v.optional(v.array(v.string())),
});

/**
 * `greyprobe.yaml(5)`, from the JSON Schema of the configuration, which is made from the settings.
 * `example` is a whole configuration.
 */
export function configurationPage(version: string, schema: unknown, example: string): string {
  const { description = '', properties = {} } = v.parse(KeySchema, schema);
  const { $schema: _, defaults, targets, ...rest } = properties;
  const target = targets?.items?.properties ?? {};
  const common = defaults?.properties ?? {};
  const ofTargets = Object.fromEntries(
    Object.entries(target).filter(([name]) => !(name in common)),
  );
  const { expect, ...settings } = common;
  return page(
    { name: 'greyprobe.yaml', section: 5, version },
    'configuration of greyprobe check',
    ...section('DESCRIPTION', roff(description)),
    ...section(
      'KEYS',
      ...keys({ ...rest, ...(defaults && { defaults }) }),
      ...entry(bold('targets'), 'What to probe: a list, each with these keys.'),
      ...subsection('Of each target', ...keys(ofTargets)),
      ...subsection('Of each target and of defaults', ...keys(settings)),
      ...subsection('Of expect', ...keys(expect?.properties ?? {})),
    ),
    ...section('EXAMPLES', ...verbatim(...example.trimEnd().split('\n'))),
    ...section('SEE ALSO', `${bold('greyprobe\\-check')}(1)`),
  );
}

function keys(of: Readonly<Record<string, Key>>): readonly string[] {
  return Object.entries(of).flatMap(([name, key]) => entry(bold(name), sentences(name, key)));
}

function sentences(name: string, { description = '', enum: choices }: Key): string {
  const setting = Object.entries(PROBE_SETTINGS).find(([one]) => one === name)?.[1];
  return [
    description,
    ...(choices === undefined ? [] : [`One of ${choices.join(', ')}.`]),
    ...(/when left out/u.test(description) ? [] : otherwise(setting)),
  ].join(' ');
}

function otherwise(setting: AnySetting | undefined): readonly string[] {
  if (setting === undefined) return [];
  const { value, otherwise } = setting;
  const holds = 'default' in value && value.default !== undefined ? value.default : otherwise;
  return holds === undefined ? [] : [`Default: ${holds}.`];
}
