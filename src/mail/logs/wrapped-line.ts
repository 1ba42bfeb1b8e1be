/** A line of a log that was put into JSON, with the parts that stand in fields of their own. */
export interface WrappedLine {
  /** The line, or its words without a head; one character a byte. */
  readonly words: string;
  readonly program: string;
  readonly when: string | null;
  readonly logHost: string | null;
}

/** Where collectors put the program's name: Graylog, Fluentd, rsyslog, Vector. */
const PROGRAM_FIELDS = ['application_name', 'ident', 'programname', 'appname', 'SYSLOG_IDENTIFIER'];

/**
 * The line inside a JSON object: of the journal (`journalctl -o json`, whose MESSAGE is a list of bytes
 * where it is no UTF-8), or of a container (`{"log": "...", "stream": "stdout"}`). Null: the object is
 * a record of its own.
 */
export function unwrapped(value: object): WrappedLine | null {
  const fields = new Map<string, unknown>(Object.entries(value));
  const journal = bytesOf(fields.get('MESSAGE'));
  if (journal !== null) {
    const comm = textOf(fields.get('_COMM'));
    return {
      words: journal,
      program: textOf(fields.get('SYSLOG_IDENTIFIER')) ?? comm ?? '',
      when: timeOf(fields.get('_SOURCE_REALTIME_TIMESTAMP') ?? fields.get('__REALTIME_TIMESTAMP')),
      logHost: textOf(fields.get('_HOSTNAME')),
    };
  }
  const program = PROGRAM_FIELDS.map((name) => textOf(fields.get(name))).find(
    (name) => name !== null,
  );
  const message = textOf(fields.get('message'));
  if (program != null && message !== null) {
    return {
      words: Buffer.from(message, 'utf8').toString('latin1'),
      program,
      when: textOf(fields.get('timestamp')) ?? textOf(fields.get('@timestamp')),
      logHost: textOf(fields.get('host')) ?? textOf(fields.get('source')),
    };
  }
  const logged = textOf(fields.get('log'));
  if (logged === null) return null;
  return {
    words: Buffer.from(logged.replace(/\r?\n$/, ''), 'utf8').toString('latin1'),
    program: '',
    when: textOf(fields.get('time')) ?? textOf(fields.get('timestamp')),
    logHost: null,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function bytesOf(value: unknown): string | null {
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('latin1');
  if (!Array.isArray(value)) return null;
  return Buffer.from(value.filter((byte) => typeof byte === 'number')).toString('latin1');
}

/** Microseconds since 1970, as RFC 3339. */
function timeOf(value: unknown): string | null {
  const milliseconds = Math.floor(Number(value) / 1000);
  if (value === undefined || !(Math.abs(milliseconds) < 8.64e15)) return null;
  return new Date(milliseconds).toISOString();
}
