import { usageError } from '../model/errors.js';
import { parseDomain } from '../model/values/domain.js';
import { parseDuration } from '../model/values/duration.js';
import { escapeControl } from '../model/values/escape.js';
import { ofFlag } from '../model/values/flag-value.js';
import { type GreylisterPolicy, KEY_PARTS, type KeyPart } from './greylister-policy.js';
import { lookAlikes, type Neighbourhood } from './look-alikes.js';
import { type GreylisterModel, modelById } from './models/index.js';
import type { SandboxOptions } from './start.js';

/** What the user asked of a sandbox, as text; null where nothing was said. */
export interface SandboxRequest {
  readonly dialect: string;
  /** Duration, or `shipped` for the model's own. */
  readonly delay: string;
  readonly window: string | null;
  readonly key: string | null;
  readonly stage: GreylisterPolicy['stage'] | null;
  readonly earlyRetry: 'harmless' | 'restart' | null;
  readonly domain: string;
  readonly address: string;
  readonly smtpPort: number;
  readonly dnsPort: number;
  readonly lookAlikes: boolean;
}

/** A checked request: what to start and what to tell. */
export interface SandboxPlan {
  readonly model: GreylisterModel;
  readonly options: SandboxOptions;
  readonly neighbours: Neighbourhood['says'];
}

/** Checks a request. Throws usage errors; `nowMs` is when an outage among the look-alikes begins. */
export function planSandbox(request: SandboxRequest, nowMs: number): SandboxPlan {
  const model = modelById(request.dialect);
  const domain = ofFlag('--domain', () => parseDomain(request.domain));
  const neighbours = request.lookAlikes ? neighboursOf(domain, request.address, nowMs) : null;
  return {
    model,
    neighbours: neighbours?.says ?? [],
    options: {
      policy: policyOf(model.policy, request),
      dialogue: model.dialogue,
      domain,
      address: request.address,
      smtpPort: request.smtpPort,
      dnsPort: request.dnsPort,
      ...(neighbours === null ? {} : { hosts: neighbours.hosts, names: neighbours.names }),
    },
  };
}

function policyOf(shipped: GreylisterPolicy, request: SandboxRequest): GreylisterPolicy {
  const { window } = request;
  const delaySeconds =
    request.delay === 'shipped'
      ? shipped.delaySeconds
      : ofFlag('--delay', () => parseDuration(request.delay));
  const windowSeconds =
    window === null ? shipped.windowSeconds : ofFlag('--closes-after', () => parseDuration(window));
  if (windowSeconds !== null && windowSeconds <= delaySeconds) {
    throw usageError(
      'window-before-delay',
      'The window would close before the delay is over: nothing would ever pass.',
      'Choose a --closes-after longer than the --delay.',
    );
  }
  return {
    ...shipped,
    delaySeconds,
    windowSeconds,
    key: request.key === null ? shipped.key : parseKey(request.key),
    stage: request.stage ?? shipped.stage,
    earlyRetry: request.earlyRetry === null ? shipped.earlyRetry : { kind: request.earlyRetry },
  };
}

function parseKey(text: string): KeyPart[] {
  return text.split(',').map((word) => {
    const part = KEY_PARTS.find((known) => known === word.trim().toLowerCase());
    if (part !== undefined) return part;
    throw usageError(
      'bad-key',
      `"${escapeControl(word.slice(0, 64))}" is not a part of a key.`,
      `Parts are: ${KEY_PARTS.join(', ')}.`,
    );
  });
}

function neighboursOf(domain: string, address: string, nowMs: number): Neighbourhood {
  if (/^127(?:\.\d{1,3}){3}$/u.test(address)) return lookAlikes(domain, address, nowMs);
  throw usageError(
    'needs-ipv4-loopback',
    'The look-alikes need addresses of their own, from 127.0.0.0/8.',
    'Leave out --address, or give one that begins with 127.',
  );
}
