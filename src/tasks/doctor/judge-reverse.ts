import type { GreyprobeError } from '../../model/errors.js';
import { type Finding, ok, skipped, warning } from './finding.js';

/** The names of a client address, and the addresses of those names. */
export interface ReverseLookUp {
  readonly address: string;
  readonly names: readonly {
    readonly name: string;
    /** One of the name's addresses is the client address. */
    readonly pointsBack: boolean;
  }[];
  /** Why something could not be looked up, or null. */
  readonly failure: GreyprobeError | null;
}

const CONSEQUENCE =
  "Hosts that check it may answer '450 4.7.1 Client host rejected: cannot find your hostname', or refuse for good.";

/** Judges the forward-confirmed reverse DNS of a client address. */
export function judgeReverse({ address, names, failure }: ReverseLookUp): Finding {
  const confirmed = names.find(({ pointsBack }) => pointsBack);
  if (confirmed !== undefined) {
    return ok(`${address} is ${confirmed.name}, which points back to it.`);
  }
  if (failure !== null) {
    return warning(
      `The name of ${address} could not be confirmed: ${failure.message} ${CONSEQUENCE}`,
      'See that the name servers of the address and of its name answer.',
    );
  }
  const [first] = names;
  if (first === undefined) {
    return warning(
      `${address} has no name in the DNS (PTR). ${CONSEQUENCE}`,
      'Ask whoever gave you the address for a PTR record, or measure from the mail server itself.',
    );
  }
  return warning(
    `${address} is ${first.name} by its PTR record, but that name does not point back to it. ${CONSEQUENCE}`,
    `Give ${first.name} the address ${address} in the DNS, or have the PTR record changed.`,
  );
}

/** An address that the internet does not see. `range` says what it is: private, loopback, ... */
export function judgeInnerAddress(address: string, range: string): Finding {
  return skipped(
    `${address} is not public (${range}): mail hosts elsewhere see another address.`,
    'Look at the public one with: greyprobe doctor --source-ip <public address>',
  );
}
