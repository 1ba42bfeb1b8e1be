import { readFileSync } from 'node:fs';
import {
  FILE_SETTING_NAMES,
  flagName,
  PROBE_SETTINGS,
  SETTING_NAMES,
  type SettingName,
} from '../../../../src/tasks/settings/probe-settings.js';
import type { AnySetting } from '../../../../src/tasks/settings/setting.js';

export const SETTINGS_PAGE = new URL('../../../../docs/settings.md', import.meta.url);

export function readSettingsPage(): string {
  return readFileSync(SETTINGS_PAGE, 'utf8');
}

/** The page with its table made anew from the settings. */
export function withFreshSettings(page: string): string {
  return page.replace(
    /(<!-- settings -->\n).*?(<!-- end -->)/su,
    (_, begin: string, end: string) => `${begin}${table()}\n${end}`,
  );
}

function table(): string {
  const rows = SETTING_NAMES.map((name) => row(name, PROBE_SETTINGS[name]));
  return ['| key | flag | value | default | what |', '|---|---|---|---|---|', ...rows].join('\n');
}

function row(name: SettingName, { help, otherwise, value }: AnySetting): string {
  const isInFile = FILE_SETTING_NAMES.some((one) => one === name);
  const flags =
    value.kind === 'choice' && value.switches !== undefined
      ? Object.keys(value.switches)
      : [flagName(name)];
  const byDefault = 'default' in value ? `\`${value.default}\`` : (otherwise ?? '');
  const cells = [
    isInFile ? `\`${name}\`` : '',
    flags.map((flag) => `\`--${flag}\``).join(', '),
    valuesOf(value),
    byDefault,
    help,
  ];
  return `| ${cells.join(' | ')} |`;
}

function valuesOf(value: AnySetting['value']): string {
  switch (value.kind) {
    case 'text':
      return value.placeholder.replace(/[<>]/gu, '');
    case 'ages':
      return 'durations';
    case 'integer':
      return `${value.min} to ${value.max}`;
    case 'choice':
      return value.choices.map((one) => `\`${one}\``).join(', ');
    case 'toggle':
      return 'yes or no';
  }
}
