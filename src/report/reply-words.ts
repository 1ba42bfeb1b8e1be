import type { AttemptResult } from '../contract/probe-result.js';

/** What the server said, or why nobody answered, in one line. Hostile text inside. */
export function replyWords({ reply, error }: Pick<AttemptResult, 'reply' | 'error'>): string {
  if (reply === null) return error === null ? 'no reply' : `${error.code}: ${error.message}`;
  return [reply.code, reply.enhanced, ...reply.text].filter((part) => part !== null).join(' ');
}
