import type { Report } from '../../contract/report.js';
import { checkPage } from '../html/check-page.js';
import { historyPage } from '../html/history-page.js';
import { hostsPage } from '../html/hosts-page.js';
import { observePage } from '../html/observe-page.js';
import { type Page, renderPage } from '../html/page.js';
import { probePage } from '../html/probe-page.js';
import { probesPage } from '../html/probes-page.js';
import { recommendPage } from '../html/recommend-page.js';
import { surveyPage } from '../html/survey-page.js';
import { SCREEN, type View } from '../view.js';
import { shownTargets } from './check-lines.js';
import type { Reporter } from './reporter.js';

/** A page in one file, to be read, printed and forwarded: HTML that loads nothing. */
export const html: Reporter = {
  render: (report, _style, view = SCREEN) => renderPage(pageOf(report, view)),
  renderObserved: (result) => renderPage(observePage(result)),
  renderRecommended: (result) => renderPage(recommendPage(result)),
  renderHistory: (result) => renderPage(historyPage(result)),
  renderSurveyed: (result, rows) => renderPage(surveyPage(result, rows)),
};

function pageOf(report: Report, view: View): Page {
  switch (report.kind) {
    case 'probes': {
      const [only] = report.results;
      return report.results.length === 1 && only !== undefined
        ? probePage(only)
        : probesPage(report.results);
    }
    case 'hosts':
      return hostsPage(report.result);
    case 'check':
      return checkPage(report.result, shownTargets(report.result.targets, view));
  }
}
