import * as v from 'valibot';
import { MOST_AGES } from '../../model/values/ages.js';
import { bareRecipient } from '../../model/values/given-address.js';
import { parseMailbox } from '../../model/values/mailbox.js';
import {
  FILE_SETTING_NAMES,
  type FileSettingName,
  PROBE_SETTINGS,
  type SettingValues,
} from '../settings/probe-settings.js';
import type { Setting } from '../settings/setting.js';
import {
  choice,
  duration,
  EMPTY,
  expected,
  expectedText,
  keys,
  list,
  text,
  toggle,
  tooLong,
  WITH_UNIT,
  wholeNumber,
} from './config-values.js';
import { ExpectSchema } from './expectations.js';
import { parseDay } from './suppress.js';

/*
 * The configuration of `check`: one definition for the check of the file and for the JSON Schema
 * that editors complete from. What it reads are values: durations are seconds.
 */

function schemaOf<T>({ help, inFile, value }: Setting<T>): v.GenericSchema<unknown, T> {
  const description = inFile ?? `${help}.`;
  switch (value.kind) {
    case 'text':
      if (!value.isDuration) return text(value.parse, description);
      return duration(value.parse, inFile ?? `${description} ${WITH_UNIT}`);
    case 'ages':
      return v.pipe(
        list(duration(value.item, `An age. ${WITH_UNIT}`)),
        v.minLength(1, EMPTY),
        v.maxLength(MOST_AGES, tooLong(MOST_AGES)),
        v.description(description),
        v.transform((seconds) => value.collect(seconds)),
      );
    case 'integer':
      return v.pipe(wholeNumber(value.min, value.max, description), v.transform(value.of));
    case 'choice':
      return choice(value.inFile, description);
    case 'toggle':
      return v.pipe(toggle(description), v.transform(value.of));
  }
}

type Entry<T> = v.ExactOptionalSchema<v.GenericSchema<unknown, T>, undefined>;
type FileValues = Pick<SettingValues, FileSettingName>;
type Entries = { [N in FileSettingName]: Entry<FileValues[N]> };

/** A key for each setting that a file may hold. */
function settingEntries(): Entries {
  const entries = entriesOf<FileValues>(PROBE_SETTINGS, FILE_SETTING_NAMES);
  if (isComplete(entries)) return entries;
  throw new TypeError('A setting has no key in files.');
}

function entriesOf<V>(
  table: { readonly [N in keyof V]: Setting<V[N]> },
  names: readonly (keyof V)[],
): { [N in keyof V]?: Entry<V[N]> } {
  const entries: { [N in keyof V]?: Entry<V[N]> } = {};
  for (const name of names) entries[name] = v.exactOptional(schemaOf(table[name]));
  return entries;
}

function isComplete(entries: Partial<Entries>): entries is Entries {
  return FILE_SETTING_NAMES.every((name) => name in entries);
}

const defaultEntries = {
  ...settingEntries(),
  window: v.exactOptional(
    schemaOf({ ...PROBE_SETTINGS.closingAt, inFile: 'The former name of closingAt.' }),
  ),
  expect: v.exactOptional(ExpectSchema),
};

/** Values under the names of today; one that has both its names goes by that of today. */
function byTodaysNames<T extends { window?: FileValues['closingAt'] }>({ window, ...rest }: T) {
  return window === undefined ? rest : { closingAt: window, ...rest };
}

const DefaultsSchema = v.pipe(
  keys(defaultEntries),
  v.description('For all targets that do not say otherwise.'),
  v.transform(byTodaysNames),
);

export const TargetSchema = v.pipe(
  keys({
    name: v.exactOptional(
      v.pipe(
        v.string(expectedText),
        v.minLength(1, EMPTY),
        v.maxLength(200, tooLong(200)),
        v.description('What reports call it.'),
      ),
    ),
    suppressed: v.exactOptional(
      v.pipe(
        keys({
          until: text(parseDay, 'The last day that it holds, as 2026-12-31.'),
          reason: v.pipe(
            v.string(expectedText),
            v.minLength(1, EMPTY),
            v.maxLength(200, tooLong(200)),
            v.description('Why, for those who read the report.'),
          ),
        }),
        v.description(
          'Known to be bad: until this day what does not hold is shown, and fails nothing.',
        ),
      ),
    ),
    recipient: text((given) => {
      parseMailbox(bareRecipient(given));
      // Stays as it was given: targets are chosen by it.
      return given;
    }, 'Recipient whose mail host is probed.'),
    ...defaultEntries,
  }),
  v.transform(byTodaysNames),
);

export const ConfigSchema = keys({
  $schema: v.exactOptional(v.pipe(v.string(expectedText), v.description('For editors.'))),
  extends: v.exactOptional(
    v.pipe(
      v.union([v.string(expectedText), list(v.string(expectedText))], expected('text or a list')),
      v.description(
        'Files whose defaults are taken first, relative to this one. Their targets are not.',
      ),
    ),
  ),
  defaults: v.exactOptional(DefaultsSchema),
  targets: v.exactOptional(
    v.pipe(list(TargetSchema), v.description('What to probe and what to expect of it.')),
  ),
});

export type Config = v.InferOutput<typeof ConfigSchema>;
export type ConfigDefaults = v.InferOutput<typeof DefaultsSchema>;
export type ConfigTarget = v.InferOutput<typeof TargetSchema>;
