import { csvFields, quoteIsOpen } from './csv.js';
import { decodeUtf8 } from './line.js';
import { fieldName, type LogRecord, recordOfRow } from './record.js';

const SEPARATORS = [',', ';', '\t', '|'] as const;
const LEAST_COLUMNS = 3;
/** Characters of a row that goes over several lines. */
const MAX_ROW = 65_536;

/**
 * Rows of a table as records: `#Fields: date-time,event-id,...` of Exchange, or a first row with
 * the columns' names, as Export-Csv and portals write it. A table may begin anywhere, and ends where
 * the next one begins.
 */
export class TableReader {
  readonly #isKnown: (names: LogRecord) => boolean;
  readonly #onRow: (row: LogRecord) => void;
  #names: readonly string[] | null = null;
  #separator = ',';
  #open = '';

  /** `isKnown` says of a table's columns, shown as a record, whether somebody reads them. */
  constructor(isKnown: (names: LogRecord) => boolean, onRow: (row: LogRecord) => void) {
    this.#isKnown = isKnown;
    this.#onRow = onRow;
  }

  /** True once a table has begun: its rows may look like lines of something else. */
  get open(): boolean {
    return this.#names !== null;
  }

  /** True where the line belongs to a table: its names, or a row. */
  read(bytes: string): boolean {
    if (this.#names === null && !mayBeNames(bytes)) return false;
    if (this.#readNames(bytes)) return true;
    if (this.#names === null) return false;
    if (bytes.startsWith('#')) return true;
    const row = this.#open === '' ? bytes : `${this.#open}\n${bytes}`;
    if (row.length < MAX_ROW && quoteIsOpen(row)) {
      this.#open = row;
      return true;
    }
    this.#open = '';
    return this.#readRow(row);
  }

  /** The last row may have a quote that is never closed. */
  end(): void {
    if (this.#open !== '') this.#readRow(this.#open);
    this.#open = '';
  }

  #readRow(row: string): boolean {
    const fields = csvFields(decodeUtf8(row), this.#separator);
    if (this.#names === null || fields.length < this.#names.length - 1) return false;
    this.#onRow(recordOfRow(this.#names, fields));
    return true;
  }

  #readNames(bytes: string): boolean {
    if (!mayBeNames(bytes)) return false;
    const line = bytes.replace(/^\xef\xbb\xbf/, '').replace(/^#Fields:\s*/i, '');
    // Only W3C's logs part their columns by blanks, and they say so.
    const blanks = line.length < bytes.length && !line.includes(',') ? ([' '] as const) : [];
    for (const separator of [...SEPARATORS, ...blanks]) {
      const names = csvFields(line, separator).map(fieldName);
      if (names.length < LEAST_COLUMNS) continue;
      if (!this.#isKnown(recordOfRow(names, names))) continue;
      this.#names = names;
      this.#separator = separator;
      this.#open = '';
      return true;
    }
    return false;
  }
}

/** Columns' names are words: no `@`, no `=`, no brackets, and no row of them is long. */
function mayBeNames(bytes: string): boolean {
  return bytes.length < 2000 && !/[@=<>{}]/.test(bytes) && /[,;\t|]|^#Fields:/.test(bytes);
}
