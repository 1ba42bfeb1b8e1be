import { renderPlan } from '../../../../src/report/text/plan-text.js';
import { dryRun } from '../../../../src/tasks/dry-run.js';
import { request } from '../../core/run/support/virtual-run.js';
import { HOSTILE_TEXTS } from '../formats/support/reports.js';
import { expectToFit, LONG_TEXTS } from '../support/fits.js';

describe('the text of a plan', () => {
  it('fits the columns that there are, whoever is asked for', async () => {
    const plan = await dryRun(request({ retryAtSeconds: [60, 300, 90_061] }));
    expectToFit((style) => renderPlan(plan, style));
    for (const text of [...HOSTILE_TEXTS, ...LONG_TEXTS]) {
      const target = { recipient: text, domain: text };
      expectToFit((style) => renderPlan({ ...plan, target }, style));
    }
  });
});
