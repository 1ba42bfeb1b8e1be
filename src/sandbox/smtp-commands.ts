/** A command line, taken apart. */
export type SmtpCommand =
  | { readonly verb: 'EHLO' | 'HELO'; readonly name: string }
  | { readonly verb: 'MAIL' | 'RCPT'; readonly address: string }
  | { readonly verb: 'DATA' | 'RSET' | 'NOOP' | 'QUIT' | 'VRFY' }
  | { readonly verb: 'unknown' }
  | { readonly verb: 'malformed' };

/** Reads one command line (RFC 5321 §4.1.1). ESMTP parameters are read over. */
export function parseCommand(line: string): SmtpCommand {
  const [, verb = '', rest = ''] = /^([A-Za-z]+)(?:\s+(.*))?$/s.exec(line.trim()) ?? [];
  const known = verb.toUpperCase();
  switch (known) {
    case 'EHLO':
    case 'HELO':
      return rest === '' ? { verb: 'malformed' } : { verb: known, name: rest.trim() };
    case 'MAIL':
      return withPath('MAIL', /^FROM:\s*<([^<>]*)>(?:\s+\S.*)?$/i.exec(rest));
    case 'RCPT':
      return withPath('RCPT', /^TO:\s*<([^<>]+)>(?:\s+\S.*)?$/i.exec(rest));
    case 'DATA':
    case 'RSET':
    case 'NOOP':
    case 'QUIT':
    case 'VRFY':
      return { verb: known };
    default:
      return { verb: 'unknown' };
  }
}

function withPath(verb: 'MAIL' | 'RCPT', match: RegExpExecArray | null): SmtpCommand {
  const address = match?.[1];
  return address === undefined ? { verb: 'malformed' } : { verb, address };
}
