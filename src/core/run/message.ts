import type { Tuple } from '../../model/tuple.js';
import { composeMessage } from './compose-message.js';
import type { RunState } from './state.js';

/**
 * The message of a tuple. The same bytes at every try, Message-ID and date included: some
 * greylisters key on the Message-ID (Exim recipes), some on the body (rspamd).
 */
export function messageFor(state: RunState, tuple: Tuple): string {
  const senderDomain = tuple.sender.slice(tuple.sender.lastIndexOf('@') + 1);
  return composeMessage({
    from: tuple.sender,
    to: tuple.recipient,
    messageId: `${state.run}.${tuple.id}@${senderDomain}`,
    dateWallMs: state.started.wallMs,
    helo: tuple.helo,
  });
}
