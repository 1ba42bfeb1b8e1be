import { senderOfSchedule } from '../../core/advice/own-schedule.js';
import type { Sender } from '../../core/advice/sender-schema.js';
import { parseSetting, withSettings } from '../../core/advice/sender-settings.js';
import { sendersNamed } from '../../core/advice/senders.js';

/** Senders as they are chosen on a command line. */
export interface SenderChoice {
  /** Ids, groups and products, as a comma list; undefined where none were named. */
  readonly names: string | undefined;
  /** Waits of a sender of one's own. */
  readonly schedule?: string | undefined;
  /** Settings, as `name=value`. */
  readonly settings: readonly string[];
}

/** The senders of a choice, one's own first; `otherwise` where nothing is chosen. Throws usage errors. */
export function chosenSenders(
  { names, schedule, settings }: SenderChoice,
  otherwise: string,
): readonly Sender[] {
  const own = schedule === undefined ? [] : [senderOfSchedule(schedule)];
  const list = names ?? (own.length > 0 ? null : otherwise);
  const senders = [...own, ...(list === null ? [] : sendersNamed(list))];
  return withSettings(senders, settings.map(parseSetting));
}
