import * as v from 'valibot';
import { sendersNamed } from '../../core/advice/senders.js';
import { VERDICT_KINDS } from '../../core/evidence/verdict-schema.js';
import { CONFIDENCES } from '../../core/greylist/hypothesis.js';
import { parseSenderPool } from '../../core/run/sender-pool.js';
import { GreyprobeError } from '../../model/errors.js';
import { TLS_POLICIES } from '../../model/smtp.js';
import { parseClientAddresses } from '../../model/values/client-addresses.js';
import { parseDuration } from '../../model/values/duration.js';
import { parseResolverEndpoint } from '../../model/values/endpoint.js';
import { parseHelo } from '../../model/values/helo.js';
import { parseHost } from '../../model/values/host.js';
import { parseMailbox } from '../../model/values/mailbox.js';
import { parseTimeout } from '../../model/values/timeout.js';

/*
 * The configuration of `check`: one definition for the check of the file and for the JSON Schema
 * that editors complete from. Every value goes through the parser that the flags use.
 */

/** Text that a parser of values/ takes; what it says of a bad one is the issue. */
function textFor(parse: (text: string) => unknown, description: string) {
  return v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      try {
        parse(dataset.value);
      } catch (error) {
        if (!(error instanceof GreyprobeError)) throw error;
        addIssue({ message: [error.message, ...error.suggestions].join(' ') });
      }
    }),
    v.description(description),
  );
}

const DURATIONS = new WeakSet<object>();

/** Text that is a duration: a number without its unit is the slip that happens there. */
function durationFor(parse: (text: string) => unknown, description: string) {
  const schema = textFor(parse, description);
  DURATIONS.add(schema);
  return schema;
}

export function takesDuration(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && DURATIONS.has(schema);
}

const duration = (description: string) =>
  durationFor(parseDuration, `${description} A number with its unit: 90s, 5m, 1h30m.`);

const durations = (description: string) =>
  v.pipe(
    v.pipe(v.array(duration('An age.')), v.minLength(1), v.maxLength(40)),
    v.description(description),
  );

const described = <T extends v.GenericSchema>(schema: T, description: string) =>
  v.pipe(schema, v.description(description));

const ExpectSchema = described(
  v.strictObject({
    verdict: v.optional(
      described(
        v.union([
          v.picklist(VERDICT_KINDS),
          v.pipe(v.array(v.picklist(VERDICT_KINDS)), v.minLength(1)),
        ]),
        'What the mail host does; a list means any of these.',
      ),
    ),
    opensNoLaterThan: v.optional(duration('A retry at this age is accepted.')),
    opensNoEarlierThan: v.optional(duration('A retry before this age is refused.')),
    closesNoEarlierThan: v.optional(duration('A retry at this age is still accepted.')),
    confidenceAtLeast: v.optional(
      described(v.picklist(CONFIDENCES), 'How sure the verdict must be.'),
    ),
    hostsShareState: v.optional(
      described(v.boolean(), 'All mail hosts know of a sender that one of them has seen.'),
    ),
    tlsOffered: v.optional(described(v.boolean(), 'The mail host offers STARTTLS.')),
    noHostUnreachable: v.optional(
      described(v.boolean(), 'Each mail host of the domain answers; it is greeted to find out.'),
    ),
    landsWithin: v.optional(
      described(
        v.record(
          textFor(sendersNamed, 'A sender that `greyprobe recommend` knows.'),
          duration('The longest delay of a mail from this sender.'),
        ),
        'By sender, such as postfix or exchange-2003: the longest delay of its mail.',
      ),
    ),
  }),
  'What the run is held against. Only what stands here is judged.',
);

const probeEntries = {
  from: v.optional(
    textFor(
      parseSenderPool,
      'Envelope sender: an address, a comma list, or a template with {nonce}, which proves most.',
    ),
  ),
  helo: v.optional(textFor(parseHelo, 'Name to say in EHLO.')),
  host: v.optional(
    textFor(parseHost, 'Mail host to probe, by name or address, instead of the MX hosts.'),
  ),
  port: v.optional(
    described(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
      'Port to connect to; 25 when left out.',
    ),
  ),
  resolver: v.optional(
    textFor(parseResolverEndpoint, 'DNS server to ask: ip[:port], tcp://, tls:// or https://.'),
  ),
  sourceIp: v.optional(textFor(parseClientAddresses, 'Client address to connect from.')),
  family: v.optional(described(v.picklist(['any', 'ipv4', 'ipv6']), 'Which addresses to use.')),
  tls: v.optional(described(v.picklist(TLS_POLICIES), 'STARTTLS: when offered, always, or never.')),
  timeout: v.optional(durationFor(parseTimeout, 'Longest wait for each reply: 1s to 10m.')),
  stage: v.optional(described(v.picklist(['rcpt', 'data']), 'How far each try goes.')),
  retryAt: v.optional(durations('Ages at which to retry; planned by greyprobe when left out.')),
  maxWait: v.optional(duration('Longest age to wait for.')),
  resolution: v.optional(duration('How narrow the opening should be known.')),
  window: v.optional(durations('Ages at which to look whether the window has closed.')),
  connectionsPerHour: v.optional(
    described(
      v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(1000)),
      'Most connections to a mail host within an hour.',
    ),
  ),
  expect: v.optional(ExpectSchema),
};

export const DefaultsSchema = described(
  v.strictObject(probeEntries),
  'For all targets that do not say otherwise.',
);

export const TargetSchema = v.strictObject({
  name: v.optional(
    described(v.pipe(v.string(), v.minLength(1), v.maxLength(200)), 'What reports call it.'),
  ),
  recipient: textFor(parseMailbox, 'Recipient whose mail host is probed.'),
  ...probeEntries,
});

export const ConfigSchema = v.strictObject({
  $schema: v.optional(described(v.string(), 'For editors.')),
  extends: v.optional(
    described(
      v.union([v.string(), v.array(v.string())]),
      'Files whose defaults are taken first, relative to this one. Their targets are not.',
    ),
  ),
  defaults: v.optional(DefaultsSchema),
  targets: v.optional(described(v.array(TargetSchema), 'What to probe and what to expect of it.')),
});

export type Config = v.InferOutput<typeof ConfigSchema>;
export type ConfigDefaults = v.InferOutput<typeof DefaultsSchema>;
export type ConfigTarget = v.InferOutput<typeof TargetSchema>;
export type ConfigExpect = v.InferOutput<typeof ExpectSchema>;
