import * as v from 'valibot';
import { KeptReplySchema } from '../core/run/fields.js';
import type { Frozen } from '../model/frozen.js';
import type { Reply } from '../model/smtp.js';
import type { DecisionStage, GreylistQuery } from './greylister-policy.js';

/**
 * What a mail host does at one stage. A reply is given as it is; `close` ends the connection without
 * a word; `refuse` (only at connect) is a closed port; `silence` never answers; null goes on with the
 * host's usual friendly reply.
 */
export type HostAnswer = Reply | 'close' | 'refuse' | 'silence' | null;

/** One transaction at one stage, as the host sees it. What has not been said yet is empty. */
export type HostQuery = GreylistQuery;

const line = v.exactOptional(KeptReplySchema);

/** Lines of a host that are not decisions; what is left out is as of a plain server. */
export const DialogueSchema = v.strictObject({
  banner: line,
  /** Reply to EHLO: first line the host's name, then the keywords. */
  greeting: line,
  mail: line,
  rcpt: line,
  data: line,
  message: line,
});
export type Dialogue = Required<Frozen<v.InferOutput<typeof DialogueSchema>>>;

/**
 * How a mail host behaves, with or without sockets: the sandbox and the simulator are driven by it.
 * `{host}` in the dialogue is filled in. Each hook is asked once a stage, in the order of the session.
 */
export interface MailHostBehaviour {
  readonly dialogue?: Partial<Dialogue>;
  connect?(query: HostQuery): HostAnswer;
  mail?(query: HostQuery): HostAnswer;
  rcpt?(query: HostQuery): HostAnswer;
  /** The command DATA. */
  data?(query: HostQuery): HostAnswer;
  /** The end of the body. */
  message?(query: HostQuery): HostAnswer;
  /** Milliseconds before the reply of any stage: a tarpit. */
  pauseMs?(query: HostQuery): number;
}

export const PLAIN_DIALOGUE: Dialogue = {
  banner: { code: 220, enhanced: null, text: ['{host} ESMTP'] },
  greeting: {
    code: 250,
    enhanced: null,
    text: ['{host}', 'PIPELINING', 'SIZE 1048576', 'ENHANCEDSTATUSCODES', '8BITMIME'],
  },
  mail: { code: 250, enhanced: '2.1.0', text: ['Ok'] },
  rcpt: { code: 250, enhanced: '2.1.5', text: ['Ok'] },
  data: { code: 354, enhanced: null, text: ['End data with <CR><LF>.<CR><LF>'] },
  message: { code: 250, enhanced: '2.0.0', text: ['Ok: discarded'] },
};

/** Asks a behaviour at the stage that the query names. */
export function ask(
  behaviour: MailHostBehaviour,
  query: HostQuery & { readonly stage: DecisionStage },
): HostAnswer {
  return behaviour[query.stage]?.(query) ?? null;
}
