import type { Stage } from '../model/smtp.js';

/** The stage to which a logged SMTP command belongs (RFC 5321 §4.1.1); null when it is no command. */
export function stageOfCommand(command: string): Stage | null {
  const said = command
    .trim()
    .replace(/^pipelined\s+/i, '')
    .toUpperCase();
  if (/^(?:EHLO|HELO|LHLO)\b/.test(said)) return 'helo';
  if (said.startsWith('STARTTLS')) return 'starttls';
  if (/^MAIL\b/.test(said)) return 'mail';
  if (/^RCPT\b/.test(said)) return 'rcpt';
  if (/^(?:END[- ]OF[- ](?:DATA|MESSAGE)|SENDING DATA BLOCK|MESSAGE BODY|BDAT)/.test(said)) {
    return 'message';
  }
  if (/^DATA\b/.test(said)) return 'data';
  if (/^(?:CONNECT|INITIAL CONNECTION|OPENING|BANNER)/.test(said)) return 'connect';
  return null;
}
