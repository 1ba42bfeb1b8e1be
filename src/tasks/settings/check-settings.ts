import * as v from 'valibot';
import { sendersNamed } from '../../core/advice/senders.js';
import { VERDICT_KINDS, type VerdictKind } from '../../core/evidence/verdict-schema.js';
import type { Confidence } from '../../core/greylist/hypothesis.js';
import { GreyprobeError, usageError } from '../../model/errors.js';
import type { TlsPolicy } from '../../model/smtp.js';
import { nearestNames } from '../../model/values/nearest.js';
import type { ConfigDefaults, ConfigExpect } from '../check/config-schema.js';
import { DefaultsSchema } from '../check/config-schema.js';

/** The flags of `check` as oclif gives them. */
export interface CheckFlagValues {
  readonly config?: string | undefined;
  readonly 'expect-verdict'?: string | undefined;
  readonly 'expect-confidence'?: Confidence | undefined;
  readonly 'expect-opens-by'?: string | undefined;
  readonly 'expect-opens-after'?: string | undefined;
  readonly 'expect-closes-after'?: string | undefined;
  readonly 'expect-lands'?: readonly string[] | undefined;
  readonly 'expect-tls'?: boolean | undefined;
  readonly 'expect-reachable'?: boolean | undefined;
  readonly 'expect-shared-state'?: boolean | undefined;
  readonly from?: string | undefined;
  readonly helo?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly resolver?: string | undefined;
  readonly 'source-ip'?: string | undefined;
  readonly ipv4?: boolean | undefined;
  readonly ipv6?: boolean | undefined;
  readonly tls?: TlsPolicy | undefined;
  readonly timeout?: string | undefined;
  readonly 'retry-at'?: string | undefined;
  readonly 'max-wait'?: string | undefined;
  readonly resolution?: string | undefined;
  readonly window?: string | undefined;
}

/** The flags that were given, as the settings that a configuration would hold. Throws usage errors. */
export function settingsFromFlags(flags: CheckFlagValues): ConfigDefaults {
  const settings = {
    from: flags.from,
    helo: flags.helo,
    host: flags.host,
    port: flags.port,
    resolver: flags.resolver,
    sourceIp: flags['source-ip'],
    family: familyOf(flags),
    tls: flags.tls,
    timeout: flags.timeout,
    retryAt: flags['retry-at']?.split(','),
    maxWait: flags['max-wait'],
    resolution: flags.resolution,
    window: flags.window?.split(','),
    expect: expectOf(flags),
  };
  const parsed = v.safeParse(DefaultsSchema, withoutUndefined(settings));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw usageError('bad-flag', `${flagOf(v.getDotPath(issue) ?? '')}: ${issue.message}`);
}

const FLAG_OF: Readonly<Record<string, string>> = {
  sourceIp: 'source-ip',
  retryAt: 'retry-at',
  maxWait: 'max-wait',
  'expect.opensNoLaterThan': 'expect-opens-by',
  'expect.opensNoEarlierThan': 'expect-opens-after',
  'expect.closesNoEarlierThan': 'expect-closes-after',
  'expect.landsWithin': 'expect-lands',
};

/** The flag that a setting was read from. */
function flagOf(path: string): string {
  const setting = Object.keys(FLAG_OF).find((key) => path === key || path.startsWith(`${key}.`));
  return `--${setting === undefined ? path.replace(/\..*$/u, '') : FLAG_OF[setting]}`;
}

function familyOf({ ipv4, ipv6 }: CheckFlagValues): 'ipv4' | 'ipv6' | undefined {
  if (ipv4 === true) return 'ipv4';
  return ipv6 === true ? 'ipv6' : undefined;
}

function expectOf(flags: CheckFlagValues): ConfigExpect {
  return withoutUndefined({
    verdict: flags['expect-verdict'] === undefined ? undefined : verdicts(flags['expect-verdict']),
    confidenceAtLeast: flags['expect-confidence'],
    opensNoLaterThan: flags['expect-opens-by'],
    opensNoEarlierThan: flags['expect-opens-after'],
    closesNoEarlierThan: flags['expect-closes-after'],
    landsWithin: landings(flags['expect-lands'] ?? []),
    tlsOffered: flags['expect-tls'],
    noHostUnreachable: flags['expect-reachable'],
    hostsShareState: flags['expect-shared-state'],
  });
}

function verdicts(text: string): VerdictKind[] {
  return text.split(',').map((part) => {
    const wanted = part.trim();
    const kind = VERDICT_KINDS.find((one) => one === wanted);
    if (kind !== undefined) return kind;
    const [nearest] = nearestNames(wanted, VERDICT_KINDS, 1);
    throw usageError(
      'bad-verdict',
      `'${wanted}' is not a verdict.${nearest === undefined ? '' : ` Did you mean '${nearest}'?`}`,
      `Verdicts: ${VERDICT_KINDS.join(', ')}.`,
    );
  });
}

function landings(texts: readonly string[]): Record<string, string> | undefined {
  if (texts.length === 0) return undefined;
  const limits = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at <= 0) {
      throw usageError(
        'bad-landing',
        `'${text}' does not name a sender and a time.`,
        'Write it as in: --expect-lands postfix=30m',
      );
    }
    const sender = text.slice(0, at).trim().toLowerCase();
    refuseUnknown(sender);
    if (limits.has(sender)) {
      throw usageError(
        'bad-landing',
        `--expect-lands names '${sender}' twice.`,
        'Give each sender one time.',
      );
    }
    limits.set(sender, text.slice(at + 1));
  }
  return Object.fromEntries(limits);
}

/** Here, since the schema would leave out a sender such as `__proto__` without a word. */
function refuseUnknown(sender: string): void {
  try {
    sendersNamed(sender);
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    throw usageError('bad-flag', `--expect-lands: ${error.message}`, ...error.suggestions);
  }
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(values: T): Defined<T> {
  const kept: Defined<T> = {};
  for (const key in values) {
    const value = values[key];
    if (isDefined(value)) kept[key] = value;
  }
  return kept;
}

function isDefined<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}
