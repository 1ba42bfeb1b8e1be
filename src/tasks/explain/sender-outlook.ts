import type { Span } from '../../core/advice/sender-advice-schema.js';
import type { Sender, SourceConfidence } from '../../core/advice/sender-schema.js';
import { SENDERS } from '../../core/advice/senders.js';
import { retrySpans } from '../../core/advice/spans.js';
import type { SenderSoftware } from '../../mail/finding.js';
import { formatDuration } from '../../model/values/duration.js';

/** What is known of the software that sends, as it ships. */
export interface KnownSender {
  /** Its id in the data on senders. */
  readonly id: string;
  readonly name: string;
  /** Whether its retries can be set by who runs it. */
  readonly settable: boolean;
  /** When it tries again, up to this age. Empty where that is not known. */
  readonly spans: (untilSeconds: number) => readonly Span[];
  /** The first retries in one sentence; null where nothing is known. */
  readonly outlook: string | null;
}

export type SenderOf = (software: SenderSoftware) => KnownSender | null;

/** Which entry of the senders' data speaks for software that was told from its writing. */
const SENDER_IDS: {
  readonly [software in SenderSoftware]?: { readonly id: string; readonly name: string };
} = {
  'exchange-2003': { id: 'exchange-2003', name: 'Exchange 2000 or 2003' },
  'exchange-2007plus': { id: 'exchange-2013plus-message', name: 'Exchange 2013 and later' },
  'exchange-online': { id: 'exchange-online', name: 'Exchange Online' },
  postfix: { id: 'postfix', name: 'Postfix' },
  exim: { id: 'exim-debian-q30m', name: 'Exim of Debian' },
  sendmail: { id: 'sendmail-debian', name: 'sendmail of Debian' },
  qmail: { id: 'qmail', name: 'qmail' },
  opensmtpd: { id: 'opensmtpd', name: 'OpenSMTPD' },
  haraka: { id: 'haraka', name: 'Haraka' },
  zonemta: { id: 'zonemta', name: 'ZoneMTA' },
  kumomta: { id: 'kumomta', name: 'KumoMTA' },
  stalwart: { id: 'stalwart', name: 'Stalwart' },
  hmailserver: { id: 'hmailserver', name: 'hMailServer' },
  mdaemon: { id: 'mdaemon', name: 'MDaemon' },
  powermta: { id: 'powermta', name: 'PowerMTA' },
  domino: { id: 'domino', name: 'Domino' },
};

/** What the reader should know beside the schedule. */
const REMARKS: { readonly [software in SenderSoftware]?: string } = {
  'exchange-2003': 'GlitchRetrySeconds sets the first wait.',
  'exchange-2007plus': 'MessageRetryInterval sets the wait; Exchange 2010 ships with 1 min.',
  'exchange-online': 'Nobody but Microsoft can set its waits.',
  exim: 'Its retry rules and the period of its queue runner set the waits.',
  sendmail: 'The period of its queue runner sets the waits.',
};

/** Retries that the sentence names. */
const NAMED = 3;
const SOON_SECONDS = 86_400;

const CONFIDENCE_WORDS: Readonly<Record<SourceConfidence, string>> = {
  given: 'as given',
  source: 'read in its source',
  docs: 'read in its documents',
  'third-party': "read in somebody else's text",
  measurement: 'as somebody measured it',
  memory: 'from memory, not verified',
};

/** What the data on senders says of this software; null where it has no entry. */
export const knownSender: SenderOf = (software) => {
  const entry = SENDER_IDS[software];
  const sender = SENDERS.find((known) => known.id === entry?.id);
  if (entry === undefined || sender === undefined) return null;
  return {
    ...entry,
    settable:
      software !== 'exchange-online' && (sender.settings.length > 0 || sender.remedy !== null),
    spans: (untilSeconds) => retrySpans(sender, untilSeconds),
    outlook: outlookOf(software, entry.name, sender),
  };
};

function outlookOf(software: SenderSoftware, name: string, sender: Sender): string | null {
  const spans = retrySpans(sender, SOON_SECONDS).slice(0, NAMED);
  if (spans.length === 0) return null;
  const remark = REMARKS[software];
  return `${scheduleSentence(name, sender, spans)}${remark === undefined ? '' : ` ${remark}`}`;
}

function scheduleSentence(name: string, sender: Sender, spans: readonly Span[]): string {
  const tries = spans.map(spanText).join(', then ');
  const end =
    sender.giveUp.seconds === null
      ? ''
      : `; it gives up after ${formatDuration(sender.giveUp.seconds)}`;
  const sure = CONFIDENCE_WORDS[sender.confidence];
  return `As it ships, ${name} tries again about ${tries} after the first try${end} (${sure}).`;
}

function spanText({ earliestSeconds, latestSeconds }: Span): string {
  const early = aboutDuration(earliestSeconds);
  const late = aboutDuration(latestSeconds);
  return early === late ? early : `${early} to ${late}`;
}

/** Whole minutes from two on: a sentence needs no seconds. */
function aboutDuration(seconds: number): string {
  return formatDuration(seconds < 120 ? seconds : Math.round(seconds / 60) * 60);
}
