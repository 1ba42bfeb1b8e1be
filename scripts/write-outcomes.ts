// Makes the answers of docs/output.md anew after a change to what the first screen says.
import { writeFileSync } from 'node:fs';
import {
  OUTCOMES_PAGE,
  readOutcomesPage,
  withFreshOutcomes,
} from '../test/unit/docs/support/outcomes-page.js';

writeFileSync(OUTCOMES_PAGE, await withFreshOutcomes(readOutcomesPage()));
