/**
 * A record of a log that is written as JSON, as a table or as a list of fields. Names are lower case
 * letters and digits; what is nested has its path: `{"response": {"code": 450}, "rcpt": ["a"]}` gives
 * `response.code` = `450` and `rcpt.0` = `a`.
 */
export class LogRecord {
  readonly #fields: ReadonlyMap<string, string>;

  constructor(fields: ReadonlyMap<string, string>) {
    this.#fields = fields;
  }

  /** The value of the first of these fields that is there and not empty; '' without one. */
  get(...names: readonly string[]): string {
    for (const name of names) {
      const value = this.#fields.get(name);
      if (value !== undefined && value !== '') return value;
    }
    return '';
  }

  /** The first value that passes the test; '' without one. */
  find(test: (value: string) => boolean): string {
    for (const value of this.#fields.values()) if (test(value)) return value;
    return '';
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }
}

/** `recipient-address`, `RecipientAddress` and `recipient_address` are one name. */
export function fieldName(written: string): string {
  return written.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** A table's row under the names of its columns. */
export function recordOfRow(names: readonly string[], row: readonly string[]): LogRecord {
  const fields = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const value = row[index];
    if (value !== undefined && !fields.has(name)) fields.set(name, value);
  }
  return new LogRecord(fields);
}

/** Levels and values of JSON that are looked at; no event of a mail server has more. */
const MAX_DEPTH = 8;
const MAX_FIELDS = 2000;

const IN_LIST = /(?:^|\.)\d/;

type Fields = ReadonlyMap<string, string>;

/**
 * The record of a JSON value that is an object. JSON within a text (as SNS sends it) is opened. What the
 * objects around it say of it (`around`) counts where it says nothing itself, and what the objects in it
 * say counts under its name alone: `{"message": {"to": "a"}}` gives `to` too.
 */
export function recordOfJson(value: object, around: Fields = new Map()): LogRecord {
  const fields = new Map<string, string>();
  flatten(value, '', 0, fields);
  for (const [path, value] of [...fields]) {
    const name = path.slice(path.lastIndexOf('.') + 1);
    if (!fields.has(name) && !IN_LIST.test(path)) fields.set(name, value);
  }
  for (const [name, inherited] of around) if (!fields.has(name)) fields.set(name, inherited);
  return new LogRecord(fields);
}

/** The fields of an object that hold no objects, for those inside it; of a list of texts the first. */
export function plainFields(value: object, around: Fields): Fields {
  const fields = new Map(around);
  if (Array.isArray(value)) return fields;
  for (const [key, inner] of Object.entries(value)) {
    const [first] = Array.isArray(inner) ? inner : [];
    if (typeof inner === 'string' || typeof inner === 'number') {
      fields.set(fieldName(key), String(inner));
    } else if (typeof first === 'string') fields.set(`${fieldName(key)}.0`, first);
  }
  return fields;
}

function flatten(value: unknown, path: string, depth: number, fields: Map<string, string>): void {
  if (depth > MAX_DEPTH || fields.size >= MAX_FIELDS) return;
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const name = fieldName(key);
      flatten(inner, path === '' ? name : `${path}.${name}`, depth + 1, fields);
    }
    return;
  }
  if (value === null || value === undefined) return;
  if (!fields.has(path)) fields.set(path, String(value));
  if (typeof value === 'string' && value.startsWith('{')) {
    flatten(parseJson(value), path, depth + 1, fields);
  }
}

/** The value, or null for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
