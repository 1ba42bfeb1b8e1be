import { createHash } from 'node:crypto';
import type { ReceivedResult } from '../../contract/observe-result.js';
import { classify } from '../../core/greylist/classify.js';
import { hashOf } from '../../core/observe/hashes.js';
import { type ReceiverFindings, ReceiverStudy } from '../../core/observe/receiver-study.js';
import { RecentMap } from '../../core/observe/recent-map.js';
import type { Active, LogEvent, LoggedAttempt, LoggedDecision } from '../../mail/logs/events.js';
import { detached } from '../../model/values/detached.js';
import { isUsableHostName } from '../../model/values/domain.js';

/** Messages whose clients are remembered until they are delivered, at least. */
const MOST_ARRIVALS = 4096;

/** A message that a client handed over. */
interface Arrived {
  readonly at: number;
  readonly sender: string;
  readonly clientAddress: string;
}

/** Takes decisions of greylisters, and the mail that then came in, for the study of those who come. */
export class ReceiverLog {
  readonly study = new ReceiverStudy();
  readonly #arrived = new RecentMap<Arrived>(MOST_ARRIVALS);

  add(event: LogEvent, at: number): void {
    switch (event.kind) {
      case 'decision':
        if (event.decided === 'refused' && !isByGreylist(event)) return;
        this.study.add({ ...event, at });
        return;
      case 'active':
        this.#arrive(event, at);
        return;
      case 'attempt':
        this.#deliver(event);
        return;
      default:
    }
  }

  /** A mail server that greylists by itself logs whom it refused, and then the mail that it took. */
  #arrive({ message, sender, clientAddress }: Active, at: number): void {
    if (message === null || clientAddress == null || !this.study.hasRefused(clientAddress)) return;
    this.#arrived.set(hashOf(message), {
      at,
      sender: detached(sender),
      clientAddress: detached(clientAddress),
    });
  }

  /** To whom it came, only the lines of its deliveries tell. */
  #deliver({ message, recipient, addressedTo }: LoggedAttempt): void {
    const arrived = message === null ? undefined : this.#arrived.get(hashOf(message));
    if (arrived === undefined) return;
    this.study.add({
      ...arrived,
      decided: 'passed',
      greylister: null,
      client: null,
      recipient: addressedTo ?? recipient,
      ageSeconds: null,
      missingSeconds: null,
    });
  }
}

/** Lines of a mail server name no greylister: their words have to. */
function isByGreylist({ greylister, reply, stage }: LoggedDecision): boolean {
  if (greylister !== null) return true;
  return reply !== null && reply.code < 500 && classify(reply, stage)[0]?.class === 'greylisting';
}

/** The findings with at most `top` rows in each list, and no address of a person where that is asked. */
export function receivedOf(
  found: ReceiverFindings,
  { top, anonymise }: { readonly top: number; readonly anonymise: boolean },
): ReceivedResult {
  const shown = anonymise ? hashed : (address: string) => address;
  return {
    greylisters: [...found.greylisters],
    triplets: found.triplets,
    passed: found.passed,
    exempt: found.exempt,
    open: found.open,
    delaySeconds: found.delaySeconds === null ? null : Math.round(found.delaySeconds),
    passedAfterSeconds: found.passedAfter === null ? null : { ...found.passedAfter },
    neverCameBack: found.lost.length,
    lost: found.lost.slice(0, top).map((one) => ({
      ...one,
      sender: shown(one.sender),
      recipient: shown(one.recipient),
    })),
    delays: found.delays.map((one) => ({ ...one })),
    pools: found.pools.slice(0, top).map((one) => ({ ...one, whitelist: whitelistLine(one.name) })),
    bursts: found.bursts.slice(0, top).map((one) => ({ ...one })),
  };
}

/** Postgrey's and SQLgrey's lists take the end of a client's name, and networks. */
function whitelistLine(name: string): string | null {
  return isUsableHostName(name) || /^(?:\d{1,3}\.){3}0\/24$/.test(name) ? name : null;
}

/** The local part as a hash: one sender stays one sender, and the domain stays. */
function hashed(address: string): string {
  const at = address.lastIndexOf('@');
  const local = createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 10);
  return `${local}${at < 0 ? '' : address.slice(at)}`;
}
