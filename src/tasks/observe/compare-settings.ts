import type { ComparedSetting, SentResult } from '../../contract/observe-result.js';
import { remedyForDestination } from '../../core/advice/sender-advice.js';
import type { Sender } from '../../core/advice/sender-schema.js';
import { parseSetting, withSettings } from '../../core/advice/sender-settings.js';
import { sendersNamed } from '../../core/advice/senders.js';
import {
  fitsLog,
  isBetter,
  loggedWaiting,
  type Replay,
  replay,
  type Waiting,
  waitingOf,
} from '../../core/observe/compare-settings.js';
import type { GreylistFinding } from '../../core/observe/greylist-finding.js';
import { domainOf } from '../../mail/addresses.js';
import type { LogSourceId } from '../../mail/logs/events.js';

/** The sender that writes such a log, as it is most often set up. */
const WRITES: { readonly [source in LogSourceId]?: string } = {
  'postfix-log': 'postfix',
  'exim-log': 'exim-debian-q30m',
  'sendmail-log': 'sendmail-debian',
  'qmail-log': 'qmail',
  'opensmtpd-log': 'opensmtpd',
  'haraka-log': 'haraka',
  'zonemta-log': 'zonemta',
  'kumomta-log': 'kumomta',
  'stalwart-log': 'stalwart',
  'hmailserver-log': 'hmailserver',
  'mdaemon-log': 'mdaemon',
  'powermta-log': 'powermta',
};

/** Destinations with a setting of their own: most waiting is at a few. */
const DESTINATIONS = 5;

type Destination = NonNullable<NonNullable<SentResult['settings']>['destinations']>[number];

interface Candidate {
  readonly set: readonly string[];
  readonly paste: readonly string[];
}

/** Settings worth a comparison, by the settings that a sender has. */
const CANDIDATES: readonly { readonly has: string; readonly all: readonly Candidate[] }[] = [
  {
    has: 'minimal_backoff_time',
    all: [
      [60, 60],
      [120, 60],
      [300, 60],
      [600, 300],
    ].map(([backoff, scan]) => ({
      set: [`queue_run_delay=${scan}`, `minimal_backoff_time=${backoff}`],
      paste: [`postconf -e 'queue_run_delay = ${scan}s' 'minimal_backoff_time = ${backoff}s'`],
    })),
  },
  {
    has: 'queue runner interval',
    all: ['5m', '10m'].map((every) => ({
      set: [`queue runner interval=${every}`, `retry rule=F,2h,${every}; G,16h,1h,1.5; F,4d,6h`],
      paste: [
        `# /etc/default/exim4: QUEUEINTERVAL='${every}'`,
        '# retry section:',
        `* * F,2h,${every}; G,16h,1h,1.5; F,4d,6h`,
      ],
    })),
  },
  {
    has: 'queue interval',
    all: ['5m', '10m', '30m'].map((every) => ({
      set: [`queue interval=${every}`],
      paste: [`sendmail -bd -q${every}`],
    })),
  },
];

/**
 * Replays the present settings of a sender against all windows at once, holds that against the waiting in
 * the log, then tries others. Null where nothing is known of the sender, or nothing waited. Throws usage
 * errors for senders and settings that do not exist.
 */
export function compareSettings(
  hosts: readonly GreylistFinding[],
  source: LogSourceId | null,
  { forSender, set }: { readonly forSender: string | null; readonly set: readonly string[] },
): SentResult['settings'] {
  const id = forSender ?? (source === null ? undefined : WRITES[source]);
  if (id === undefined) return null;
  const [plain] = sendersNamed(id);
  if (plain === undefined) return null;
  const [present] = set.length === 0 ? [plain] : withSettings([plain], set.map(parseSetting));
  const waiting = waitingOf(hosts);
  const now = present === undefined ? null : replay(present, waiting);
  if (present === undefined || now === null || waiting.length === 0) return null;
  const loggedSeconds = loggedWaiting(hosts);
  const fits = fitsLog(now, loggedSeconds);
  return {
    sender: present.id,
    loggedSeconds,
    fits,
    present: compared(set, [], now, false),
    others: candidatesFor(present).flatMap(({ set: others, paste }) => {
      const other = replayed(present, others, waiting);
      return other === null ? [] : [compared(others, paste, other, fits && isBetter(other, now))];
    }),
    destinations: ofDestinations(present, hosts),
  };
}

/** For the first hosts that something can be set for. */
function ofDestinations(sender: Sender, hosts: readonly GreylistFinding[]): Destination[] {
  const found: Destination[] = [];
  for (const one of hosts) {
    const destination = ofDestination(sender, one);
    if (destination !== null) found.push(destination);
    if (found.length === DESTINATIONS) break;
  }
  return found;
}

/** What the sender can set for the domain of one host alone, if that makes its mail land sooner. */
function ofDestination(sender: Sender, found: GreylistFinding): Destination | null {
  const { opens, recipient } = found;
  const host = found.host ?? found.address;
  const domain = recipient === null ? null : domainOf(recipient);
  if (host === null || domain === null || opens.bySeconds === null) return null;
  const window = { opens, closes: { afterSeconds: null, bySeconds: null } };
  const remedy = remedyForDestination(sender, window, domain);
  if (remedy === null) return null;
  const { setting, value, paste, price, landsSeconds } = remedy;
  return { host, domain, setting, value, paste, price, landsSeconds };
}

function replayed(
  sender: Sender,
  set: readonly string[],
  waiting: readonly Waiting[],
): Replay | null {
  const [changed] = withSettings([sender], set.map(parseSetting));
  return changed === undefined ? null : replay(changed, waiting);
}

function candidatesFor({ settings }: Sender): readonly Candidate[] {
  const known = CANDIDATES.find(({ has }) =>
    settings.some(({ name, sets }) => sets !== null && name === has),
  );
  return known?.all ?? [];
}

function compared(
  set: readonly string[],
  paste: readonly string[],
  { waitedSeconds, retries }: Replay,
  better: boolean,
): ComparedSetting {
  const settings = set.map(parseSetting).map(({ name, value }) => ({ name, value }));
  const whole = ([low, high]: readonly [number, number]): [number, number] => [
    Math.round(low),
    Math.round(high),
  ];
  return {
    settings,
    waitedSeconds: whole(waitedSeconds),
    retries: whole(retries),
    better,
    paste: [...paste],
  };
}
