import type { Random } from '../../src/model/ports/random.js';
import type { Reply } from '../../src/model/smtp.js';
import { acceptsAll, alwaysReplies } from '../../src/sandbox/behaviours.js';
import type { DecisionStage } from '../../src/sandbox/greylister-policy.js';
import type { HostQuery, MailHostBehaviour } from '../../src/sandbox/mail-host-behaviour.js';

/** Defers by chance: an overloaded filter, a pool of which some members are broken. */
export function flaps(
  random: Random,
  deferProbability: number,
  reply: Reply = { code: 451, enhanced: '4.7.1', text: ['Service unavailable - try again later'] },
): MailHostBehaviour {
  const scale = 1_000_000;
  const { rcpt } = alwaysReplies('rcpt', reply);
  return {
    rcpt: (query) =>
      random.integer(scale) < deferProbability * scale ? (rcpt?.(query) ?? null) : null,
  };
}

/** Nobody listens on the port. */
export function refusesConnections(): MailHostBehaviour {
  return { connect: () => 'refuse' };
}

/** Takes its time before each reply, to tire the impatient. */
export function tarpits(
  pauseMs: number,
  behaviour: MailHostBehaviour = acceptsAll(),
): MailHostBehaviour {
  return { ...behaviour, pauseMs: (query) => pauseMs + (behaviour.pauseMs?.(query) ?? 0) };
}

/** Asks the behaviours in order; the first that has something to say is heard. */
export function firstOf(...behaviours: readonly MailHostBehaviour[]): MailHostBehaviour {
  const hook = (stage: DecisionStage) => (query: HostQuery) => {
    for (const behaviour of behaviours) {
      const answer = behaviour[stage]?.(query) ?? null;
      if (answer !== null) return answer;
    }
    return null;
  };
  return {
    dialogue: Object.assign({}, ...behaviours.map((behaviour) => behaviour.dialogue)),
    connect: hook('connect'),
    mail: hook('mail'),
    rcpt: hook('rcpt'),
    data: hook('data'),
    message: hook('message'),
    pauseMs: (query) =>
      behaviours.reduce((sum, behaviour) => sum + (behaviour.pauseMs?.(query) ?? 0), 0),
  };
}
