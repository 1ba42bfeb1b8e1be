import { SURVEY_COLUMNS, type SurveyRow } from '../contract/survey-row.js';
import { csvLine } from './formats/csv.js';
import { jsonText } from './formats/json.js';

/** How a format begins a table of rows, and what it makes of a row. */
export interface RowFormat {
  readonly head: string;
  readonly line: (row: SurveyRow) => string;
}

/** The formats that tell rows one by one, by name; the others show what all of them say. */
export const ROW_FORMATS: ReadonlyMap<string, RowFormat> = new Map([
  ['ndjson', { head: '', line: (row) => `${jsonText(row)}\n` }],
  [
    'csv',
    { head: csvLine(SURVEY_COLUMNS), line: ({ schema: _, ...row }) => csvLine(Object.values(row)) },
  ],
]);
