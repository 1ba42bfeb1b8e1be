import { readFileSync } from 'node:fs';
import { buildResult } from '../../../../src/contract/build-result.js';
import { renderScreen } from '../../../../src/report/text/first-screen.js';
import { outcomeRuns } from '../../../support/outcomes.js';

export const OUTCOMES_PAGE = new URL('../../../../docs/output.md', import.meta.url);

export function readOutcomesPage(): string {
  return readFileSync(OUTCOMES_PAGE, 'utf8');
}

/** The page with its answers made anew, each from a run against a simulated host. */
export async function withFreshOutcomes(page: string): Promise<string> {
  const runs = await outcomeRuns();
  const parts = runs.map(({ run, title, state }) => {
    const word = run.slice(-4);
    const again = { source: [word], details: ['report', word, '--details'], resolver: [] };
    return `### ${title}\n\n\`\`\`\n${renderScreen(buildResult(state, '1.2.3'), again)}\n\`\`\``;
  });
  return page.replace(
    /(<!-- outcomes -->\n).*?(<!-- end -->)/su,
    (_, begin: string, end: string) => `${begin}\n${parts.join('\n\n')}\n\n${end}`,
  );
}
