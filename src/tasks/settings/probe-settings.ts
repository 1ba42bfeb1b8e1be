import { DEFAULT_MANNERS, type ProbeRequest } from '../../core/run/request.js';
import { ofDay, parseSenderPool } from '../../core/run/sender-pool.js';
import { PROBE_STAGES, TLS_POLICIES } from '../../model/smtp.js';
import { ADDRESS_FAMILIES } from '../../model/values/address-family.js';
import { parseClientAddresses } from '../../model/values/client-addresses.js';
import { parseDuration } from '../../model/values/duration.js';
import { parseResolverEndpoint } from '../../model/values/endpoint.js';
import { bareRecipient } from '../../model/values/given-address.js';
import { parseHelo } from '../../model/values/helo.js';
import { parseHost } from '../../model/values/host.js';
import { parseMailbox } from '../../model/values/mailbox.js';
import { parseTimeout } from '../../model/values/timeout.js';
import {
  ages,
  at,
  choice,
  duration,
  integer,
  type Setting,
  setting,
  text,
  toggle,
} from './setting.js';

/*
 * Every setting of a probe, once. Its key here is its key in a configuration, and in kebab case its
 * flag: `maxWait`, `--max-wait`. Flags, environment, the configuration's schema, the request and the
 * table of docs/settings.md are made from this.
 */
const TABLE = {
  from: setting({
    group: 'SENDER',
    help: 'Envelope sender: an address, a comma list, or a template with {nonce}, which proves most; {date} is the day',
    env: 'GREYPROBE_FROM',
    value: text('<sender>', (given) => parseSenderPool(ofDay(given, Date.now()))),
    fills: at('senders'),
  }),
  for: setting({
    group: 'SENDER',
    help: 'What sends your mail, such as postfix or "exchange 2019": its line comes first',
    // Names become ids where a run begins: the list of senders is not for every command to load.
    value: text('<senders>', (given) => [given]),
    fills: at('forSenders'),
  }),
  helo: setting({
    group: 'SENDER',
    help: 'Name to say in EHLO',
    otherwise: "this machine's, or the sender's domain",
    env: 'GREYPROBE_HELO',
    value: text('<name>', parseHelo),
    fills: at('helo'),
  }),
  host: setting({
    group: 'HOST',
    help: 'Mail host to probe, by name or address, instead of those of the MX records',
    inFile: 'Mail host to probe, by name or address, instead of the MX hosts.',
    value: text('<host>', parseHost),
    fills: at('host'),
  }),
  port: setting({
    group: 'HOST',
    help: 'Port to connect to',
    inFile: 'Port to connect to; 25 when left out.',
    value: integer(25, 1, 65_535),
    fills: at('port'),
  }),
  resolver: setting({
    group: 'HOST',
    help: 'DNS server to ask: ip[:port], tcp://..., tls://... or https://...',
    inFile: 'DNS server to ask: ip[:port], tcp://, tls:// or https://.',
    otherwise: "the system's",
    env: 'GREYPROBE_RESOLVER',
    value: text('<server>', (given) => {
      parseResolverEndpoint(given);
      // Stays as it was given: the command that resumes a run says it again.
      return given;
    }),
    fills: at('resolver'),
  }),
  sourceIp: setting({
    group: 'SENDER',
    help: 'Client address to connect from; a second one after a comma serves for controls',
    inFile: 'Client address to connect from.',
    value: text('<address>', parseClientAddresses),
    fills: at('sourceAddresses'),
  }),
  family: setting({
    group: 'HOST',
    help: 'Which addresses to use',
    value: choice(ADDRESS_FAMILIES, 'any', {
      switches: { ipv4: 'Use IPv4 addresses only', ipv6: 'Use IPv6 addresses only' },
    }),
    fills: at('family'),
  }),
  tls: setting({
    group: 'HOST',
    help: 'STARTTLS: when offered, always, or never',
    value: choice(TLS_POLICIES, 'opportunistic'),
    fills: at('tls'),
  }),
  timeout: setting({
    group: 'HOST',
    help: 'Longest wait for each reply',
    inFile: 'Longest wait for each reply: 1s to 10m.',
    value: duration('30s', parseTimeout),
    fills: at('timeoutSeconds'),
  }),
  stage: setting({
    group: 'PLAN',
    help: 'How far each try goes; message needs --deliver',
    inFile: 'How far each try goes.',
    // A file delivers nothing: that is asked for twice, on the command line of probe.
    value: choice(PROBE_STAGES, 'rcpt', { inFile: ['rcpt', 'data'] }),
    fills: at('stage'),
  }),
  deliver: setting({
    group: 'PLAN',
    help: 'Allow --stage message to deliver real messages, one for each try that passes',
    value: toggle(),
    fills: at('deliver'),
  }),
  retryAt: setting({
    group: 'PLAN',
    help: 'Ages at which to retry, such as 30s,1m,5m',
    inFile: 'Ages at which to retry; planned by greyprobe when left out.',
    otherwise: 'planned by greyprobe',
    value: ages(),
    fills: at('retryAtSeconds'),
  }),
  maxWait: setting({
    group: 'PLAN',
    help: 'Longest age to wait for',
    value: duration('65m'),
    fills: at('maxWaitSeconds'),
  }),
  resolution: setting({
    group: 'PLAN',
    help: 'How narrow the opening should be known',
    // Finer than this, the clocks and the network are measured.
    value: duration('5s', (given) => Math.max(0.2, parseDuration(given))),
    fills: at('resolutionSeconds'),
  }),
  closingAt: setting({
    group: 'PLAN',
    formerName: 'window',
    help: 'Also look when the window closes, at these ages; "default": 2h,4h,8h,12h,24h,48h',
    inFile: 'Ages at which to look whether the window has closed.',
    value: ages([2, 4, 8, 12, 24, 48].map((hours) => hours * 3600)),
    fills: at('closingAgesSeconds'),
  }),
  key: setting({
    group: 'PLAN',
    help: 'Afterwards, find which parts of the tuple the server looks at',
    value: toggle(),
    fills: at('key'),
  }),
  otherRecipient: setting({
    group: 'PLAN',
    help: 'A second real recipient of the same server, for --key',
    inFile: 'A second real recipient of the same server, for key.',
    value: text('<address>', (given) => parseMailbox(bareRecipient(given)).address),
    fills: at('otherRecipient'),
  }),
  connectionsPerHour: setting({
    group: 'PLAN',
    help: 'Most connections to a mail host within an hour',
    value: integer(DEFAULT_MANNERS.connectionsPerHour, 2, 1000),
    fills: (connectionsPerHour) => ({ manners: { ...DEFAULT_MANNERS, connectionsPerHour } }),
  }),
  allHosts: setting({
    group: 'PLAN',
    help: 'Measure every mail host of the domain, and whether they share their memory',
    exclusive: ['host', 'no-wait'],
    value: toggle(),
  }),
};

export type SettingName = keyof typeof TABLE;

/** What each setting is once it was read. */
export type SettingValues = {
  [N in SettingName]: (typeof TABLE)[N] extends Setting<infer T> ? T : never;
};

/** Settings that somebody gave, read: durations are seconds. */
export type ProbeSettings = { readonly [N in SettingName]?: SettingValues[N] };

export const PROBE_SETTINGS: { readonly [N in SettingName]: Setting<SettingValues[N]> } = TABLE;

export const SETTING_NAMES = Object.keys(TABLE).filter(isSettingName);

/**
 * Those of a configuration: what delivers mail is asked for on the command line of `probe` alone, and whose
 * mail it is about is for a reader.
 */
export type FileSettingName = Exclude<SettingName, 'deliver' | 'for'>;

export const FILE_SETTING_NAMES = SETTING_NAMES.filter(isFileSettingName);

function isFileSettingName(name: SettingName): name is FileSettingName {
  return name !== 'deliver' && name !== 'for';
}

function isSettingName(name: string): name is SettingName {
  return name in TABLE;
}

/** The settings for which `read` finds a value. */
export function gatherSettings(
  read: <T>(setting: Setting<T>, name: SettingName) => T | undefined,
): ProbeSettings {
  const found: { -readonly [N in SettingName]?: SettingValues[N] } = {};
  const gather = <N extends SettingName>(name: N) => {
    const value = read<SettingValues[N]>(PROBE_SETTINGS[name], name);
    if (value !== undefined) found[name] = value;
  };
  for (const name of SETTING_NAMES) gather(name);
  return found;
}

/** What settings change in a request: `{ maxWait: 3900 }` gives `{ maxWaitSeconds: 3900 }`. */
export function requestChanges(settings: ProbeSettings): Partial<ProbeRequest> {
  let changes: Partial<ProbeRequest> = {};
  const change = <N extends SettingName>(name: N) => {
    const value: SettingValues[N] | undefined = settings[name];
    const { fills } = PROBE_SETTINGS[name];
    if (value !== undefined && fills !== undefined) changes = { ...changes, ...fills(value) };
  };
  for (const name of SETTING_NAMES) change(name);
  return changes;
}

/** `maxWait` as a flag: `max-wait`. */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}
