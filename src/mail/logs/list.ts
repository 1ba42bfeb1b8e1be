import { decodeUtf8 } from './line.js';
import { fieldName, LogRecord } from './record.js';

const FIELD = /^ {0,4}([A-Za-z][\w-]{1,40}) {0,40}: ?(.*)$/s;
const MORE = /^\s{8,}(\S.*)$/s;
const LEAST_FIELDS = 2;
const MAX_VALUE = 16_384;

/**
 * Records as PowerShell's `| fl` shows them: `Name : value`, a line each, with an empty line between
 * two records, and long values going on in lines that are indented.
 */
export class ListReader {
  readonly #onRecord: (record: LogRecord) => void;
  #fields = new Map<string, string>();
  #last = '';

  constructor(onRecord: (record: LogRecord) => void) {
    this.#onRecord = onRecord;
  }

  read(bytes: string): void {
    const line = decodeUtf8(bytes);
    const [, written = '', value = ''] = FIELD.exec(line) ?? [];
    if (written === '') {
      this.#readOther(line);
      return;
    }
    const name = fieldName(written);
    if (this.#fields.has(name)) this.end();
    this.#fields.set(name, value.trim().slice(0, MAX_VALUE));
    this.#last = name;
  }

  end(): void {
    if (this.#fields.size >= LEAST_FIELDS) this.#onRecord(new LogRecord(this.#fields));
    if (this.#fields.size > 0) this.#fields = new Map();
  }

  #readOther(line: string): void {
    const more = MORE.exec(line)?.[1];
    const before = this.#fields.get(this.#last);
    if (more === undefined || before === undefined) this.end();
    else if (before.length < MAX_VALUE) this.#fields.set(this.#last, `${before} ${more.trim()}`);
  }
}
