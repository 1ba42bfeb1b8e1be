import { addressIn, cleanHost } from '../addresses.js';
import { type Finding, finding, type SenderSoftware } from '../finding.js';
import { withoutCopy } from './reply-end.js';

/*
 * Notices that a message is late, and that do not say why: the message still waits, and the reason is in
 * the queue of the sender.
 */

interface Notice {
  readonly software: SenderSoftware | null;
  /** What only such a notice says. Spaces stand for any white space. */
  readonly words: RegExp;
  readonly reporter?: RegExp;
}

const NOTICES: readonly Notice[] = [
  {
    software: 'exim',
    words: /has not yet been delivered to (?:one or more|all) of its recipients after more than/i,
    reporter: /on the queue on (\S{3,253}?)\.?(?:\s|$)/,
  },
  {
    software: 'exchange-2007plus',
    words:
      /Delivery is delayed to these recipients or groups|Die Zustellung an folgende Empfänger oder Verteilerlisten wurde verzögert|La remise à ces destinataires ou groupes a été retardée|La entrega a estos destinatarios o grupos se ha retrasado|Il recapito a questi destinatari o gruppi è (?:in ritardo|ritardato)|De bezorging aan deze geadresseerden of groepen is vertraagd|A entrega está atrasada para os seguintes destinatários/i,
    reporter: /(?:Generating server|Generierender Server): (\S{3,253})/i,
  },
  {
    software: 'exchange-2003',
    words:
      /(?:delayed|not been delivered yet) [^.]{0,80}Exchange|This is an automatically generated Delivery Status Notification\. ?(?:\S+ ){0,20}THIS IS A WARNING/i,
  },
  {
    software: null,
    words:
      /(?:message|mail|delivery) (?:has been |is |was |will be )?(?:delayed|still (?:in the queue|waiting|being delivered))|(?:hasn't|has not) (?:yet )?been delivered(?: yet)?|delivery incomplete|(?:will|is going to) (?:be retried|retry|keep trying|continue to (?:try|be attempted))|Zustellung (?:ist |wurde )?verzögert|noch nicht zugestellt/i,
  },
];

/** One finding for each recipient that the notice names; empty when the text is no such notice. */
export function parseDelayNotice(whole: string): readonly Finding[] {
  const text = withoutCopy(whole).slice(0, 65_536);
  const flat = text.replace(/\s+/g, ' ');
  const notice = NOTICES.find(({ words }) => words.test(flat));
  if (notice === undefined) return [];
  return recipientsIn(text).map((recipient) =>
    finding({
      source: 'bounce-text',
      software: notice.software,
      fate: 'deferred',
      failure: 'the notice gives no reason for the delay',
      recipient,
      reportingHost: cleanHost(notice.reporter?.exec(flat)?.[1] ?? ''),
    }),
  );
}

/** Lines that are an address, perhaps with its name; a notice lists them so. */
function recipientsIn(text: string): string[] {
  const found = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    const address =
      /^\s*(?:to:?\s+)?(?:[^@<>:]{0,80}<)?[^\s@<>]{1,64}@[^\s@<>]{1,255}>?(?:\s*(?:\(|<mailto:).*)?\s*$/i.test(
        line,
      )
        ? addressIn(line)
        : null;
    if (address !== null) found.add(address);
  }
  const inWords =
    /(?:to|recipient|an|à|a) <?([^\s@<>]{1,64}@[^\s@<>,;]{1,255})/i.exec(text)?.[1] ?? '';
  if (found.size === 0) {
    const address = addressIn(inWords);
    if (address !== null) found.add(address);
  }
  return [...found].slice(0, 200);
}
