import type { Report } from '../../contract/report.js';
import {
  drawingOfAdvice,
  drawingOfProbe,
  drawingOfProbes,
  drawingOfSentHosts,
} from '../picture/drawings.js';
import { drawingOfRows } from '../picture/of-survey.js';
import { renderSvg } from '../picture/to-svg.js';
import { recommendationPicture } from '../text/advice-text.js';
import { SCREEN, type View } from '../view.js';
import { shownTargets } from './check-lines.js';
import type { Reporter } from './reporter.js';

/** The picture alone: what was measured, and when senders try again. */
export const svg: Reporter = {
  render: (report, _style, view = SCREEN) => pictureOf(report, view),
  renderObserved: ({ sent }) =>
    renderSvg(drawingOfSentHosts(sent?.hosts ?? []), 'When each mail host lets a retry pass'),
  renderRecommended: (result) =>
    renderSvg(
      drawingOfAdvice(recommendationPicture(result), result.window),
      'Retries against the acceptance window',
    ),
  renderSurveyed: (_result, rows) => renderSvg(drawingOfRows(rows), 'When they let a retry pass'),
};

function pictureOf(report: Report, view: View): string {
  switch (report.kind) {
    case 'probes': {
      const [only] = report.results;
      if (report.results.length === 1 && only !== undefined) {
        return renderSvg(drawingOfProbe(only), only.verdict.summary);
      }
      const named = report.results.map((result) => ({ name: result.target.recipient, result }));
      return renderSvg(drawingOfProbes(named), 'When each lets a retry pass');
    }
    case 'hosts': {
      const { hosts, target } = report.result;
      const named = hosts.map((result) => ({
        name: result.pinned?.name ?? result.mailHosts[0]?.name ?? target.domain,
        result,
      }));
      return renderSvg(
        drawingOfProbes(named),
        `When the mail hosts of ${target.domain} let a retry pass`,
      );
    }
    case 'check': {
      const targets = shownTargets(report.result.targets, view);
      return renderSvg(drawingOfProbes(targets), 'When each target lets a retry pass');
    }
  }
}
