// Makes the table of docs/settings.md anew after a change to the settings of a probe.
import { writeFileSync } from 'node:fs';
import {
  readSettingsPage,
  SETTINGS_PAGE,
  withFreshSettings,
} from '../test/unit/docs/support/settings-page.js';

writeFileSync(SETTINGS_PAGE, withFreshSettings(readSettingsPage()));
