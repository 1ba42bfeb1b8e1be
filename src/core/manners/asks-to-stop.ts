import type { Reply, Stage } from '../../model/smtp.js';
import { readWords } from '../evidence/words.js';

/**
 * Whether a reply asks us to stop connecting: 421, which closes the connection (RFC 5321 §3.8), unless
 * its words say greylisting; or another deferral for too many connections.
 */
export function asksToStop(reply: Reply, stage: Stage): boolean {
  if (reply.code < 400 || reply.code >= 500) return false;
  const [top] = readWords({ end: { reply, stage } });
  if (top?.class === 'too-many-connections' && top.confidence === 'likely') return true;
  return reply.code === 421 && top?.class !== 'greylisting';
}
