import { lastIndexOfAt } from './address-parts.js';
import type { SenderNormalisation } from './greylister-policy.js';

/** A sender as it stands in the tuple's key. */
export function senderForTuple(sender: string, how: SenderNormalisation): string {
  switch (how) {
    case 'none':
      return sender;
    case 'lower-case':
    case 'sqlgrey-awl':
      return sender.toLowerCase();
    case 'strip-extension':
      return onLocalPart(sender, stripExtension);
    case 'postgrey':
      return onLocalPart(sender, postgreyWord);
  }
}

/** A sender as it stands in the automatic whitelist, which some servers key more coarsely. */
export function senderForWhitelist(
  sender: string,
  recipient: string,
  how: SenderNormalisation,
): string {
  if (how !== 'sqlgrey-awl') return senderForTuple(sender, how);
  return onLocalPart(sender, (local) => maskTokens(stripExtension(local), recipient));
}

function onLocalPart(sender: string, rewrite: (local: string) => string): string {
  const lower = sender.toLowerCase();
  const at = lastIndexOfAt(lower);
  return at === null ? lower : rewrite(lower.slice(0, at)) + lower.slice(at);
}

function stripExtension(local: string): string {
  const plus = local.indexOf('+');
  return plus > 0 ? local.slice(0, plus) : local;
}

function postgreyWord(local: string): string {
  const untagged = local.replace(/^prvs=[^=/]*[=/]/, '');
  return stripExtension(untagged).replace(/\b\d+\b/g, '#');
}

/** Tokens between separators that look random become `#`; the recipient within becomes a word. */
function maskTokens(local: string, recipient: string): string {
  const embedded = recipient.toLowerCase().replace('@', '=');
  const untagged = local.replace(/^(?:prvs|srs[01])[=+-].*/, '#');
  const masked = embedded === '' ? untagged : untagged.replaceAll(embedded, 'RCPT');
  return masked
    .split(/([-._=/])/)
    .map((token) => (/^[0-9a-f]+$/.test(token) ? '#' : token))
    .join('');
}
