import { domainOf } from '../../mail/addresses.js';
import type { Finding } from '../../mail/finding.js';
import { isUsableHostName, parseMailDomain } from '../../model/values/domain.js';
import { anyShellWord } from '../../model/values/shell-word.js';

/** Whom to probe at which host, and a template for the sender where one of ours is known. */
export interface ProbeTarget {
  readonly recipient: string;
  readonly host: string | null;
  readonly from: string | null;
}

/** What a probe needs to measure what a finding tells of; null when a probe cannot help. */
export function probeTarget(found: Finding): ProbeTarget | null {
  const { recipient } = found;
  if (recipient === null || !canProbe(recipient) || isRefusedForGood(found)) return null;
  // A refused client's domain is not ours to probe with.
  const ours = found.direction === 'outgoing' ? found.sender : null;
  return {
    recipient,
    host: answeringHost(found),
    from: ours === null ? null : senderTemplate(ours),
  };
}

/**
 * The `greyprobe probe` command that measures what a finding tells of, ready for a shell: each word
 * is quoted, since addresses in bounces and logs are chosen by strangers. Null when a probe cannot
 * help: no recipient, or refused for good.
 */
export function probeCommand(found: Finding): string | null {
  const target = probeTarget(found);
  if (target === null) return null;
  const { recipient, host, from } = target;
  const words = ['greyprobe', 'probe', recipient];
  if (host !== null) words.push('--host', host);
  if (from !== null) words.push('--from', from);
  const quoted = words.map(anyShellWord);
  return quoted.includes(null) ? null : quoted.join(' ');
}

/** A sender that keeps the message in spite of a 5yz (`soft_bounce`) has still something to measure. */
function isRefusedForGood({ reply, fate }: Finding): boolean {
  return reply !== null && reply.code >= 500 && (fate === 'rejected' || fate === 'unknown');
}

/** The host that refused: the remote one; for a log of refused clients, the one that wrote it. */
function answeringHost(found: Finding): string | null {
  if (found.direction === 'outgoing') return found.remoteHost ?? found.remoteAddress;
  const host = found.reportingHost;
  return host?.includes('.') && isUsableHostName(host) ? host : null;
}

/** A fresh sender of the same domain: a known sender may have passed before. */
function senderTemplate(sender: string): string | null {
  const domain = domainOf(sender);
  return domain !== null && isUsableHostName(domain) ? `{nonce}@${domain}` : null;
}

function canProbe(recipient: string): boolean {
  const domain = domainOf(recipient);
  if (domain === null || recipient.startsWith('-')) return false;
  try {
    return parseMailDomain(domain) !== null;
  } catch {
    return false;
  }
}
