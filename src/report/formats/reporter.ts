import type { HistoryResult } from '../../contract/history-result.js';
import type { ObserveResult } from '../../contract/observe-result.js';
import type { RecommendResult } from '../../contract/recommend-result.js';
import type { Report } from '../../contract/report.js';
import type { SurveyResult } from '../../contract/survey-result.js';
import type { SurveyRow } from '../../contract/survey-row.js';
import type { ExitCode } from '../../model/exit-codes.js';
import type { Style } from '../text/style.js';
import type { View } from '../view.js';

/** One output format. Pure: a report in, text out, ending in a line end. */
export interface Reporter {
  /** `style` and `view` are for formats that people read on a terminal; the others leave them alone. */
  readonly render: (report: Report, style: Style, view?: View) => string;
  /** What logs tell; absent where the format does not fit. */
  readonly renderObserved?: (result: ObserveResult, style: Style) => string;
  /** What to set; absent where the format does not fit. */
  readonly renderRecommended?: (result: RecommendResult, style: Style) => string;
  /** What runs have found over time; absent where the format does not fit. */
  readonly renderHistory?: (result: HistoryResult, style: Style) => string;
  /** A survey with its rows; absent where the format does not fit. */
  readonly renderSurveyed?: (
    result: SurveyResult,
    rows: readonly SurveyRow[],
    style: Style,
  ) => string;
  /** Set where the readers of a format have exit codes of their own. */
  readonly exitCode?: (report: Report) => ExitCode;
}
