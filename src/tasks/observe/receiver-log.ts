import { createHash } from 'node:crypto';
import type { ReceivedResult } from '../../contract/observe-result.js';
import { classify } from '../../core/greylist/classify.js';
import { type ReceiverFindings, ReceiverStudy } from '../../core/observe/receiver-study.js';
import type { LoggedDecision } from '../../mail/logs/events.js';
import { isUsableHostName } from '../../model/values/domain.js';

/** Takes decisions of greylisters for the study of those who come. */
export class ReceiverLog {
  readonly study = new ReceiverStudy();

  add(event: LoggedDecision, at: number): void {
    if (event.decided === 'refused' && !isByGreylist(event)) return;
    this.study.add({ ...event, at });
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
