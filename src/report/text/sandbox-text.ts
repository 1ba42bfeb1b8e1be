import type { Reply } from '../../model/smtp.js';
import { durationText, formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import { shellWord } from '../../model/values/shell-word.js';
import type { SandboxPlan } from '../../sandbox/plan-sandbox.js';
import type { Sandbox, SandboxDecision } from '../../sandbox/start.js';
import { PLAIN, type Style } from './style.js';
import { hanging, wrapText } from './wrap.js';

/** Words that every probe of this sandbox needs; ages are the choice of whoever probes. */
function probeWords(plan: SandboxPlan, sandbox: Sandbox): string[] {
  const { address, dnsPort } = sandbox;
  const resolver = address.includes(':') ? `[${address}]:${dnsPort}` : `${address}:${dnsPort}`;
  return [
    'greyprobe',
    'probe',
    `user@${sandbox.domain}`,
    '--from',
    'probe-{nonce}@sender.example',
    '--resolver',
    resolver,
    '--port',
    String(sandbox.smtpPort),
    ...stageWords(plan),
  ];
}

/** What people read when a sandbox has started. */
export function renderSandbox(
  plan: SandboxPlan,
  sandbox: Sandbox,
  { columns }: Style = PLAIN,
): string {
  const { policy } = plan.options;
  const window = policy.windowSeconds === null ? 'for ever' : formatDuration(policy.windowSeconds);
  return [
    ...wrapText(
      `${sandbox.domain} greylists like ${plan.model.name}, on ${sandbox.address}:`,
      columns,
    ),
    ...indented(
      `delay ${formatDuration(policy.delaySeconds)}, window ${window}, at ${policy.stage}, keyed by ${policy.key.join(', ')}`,
      columns,
    ),
    ...indented(
      `SMTP on port ${sandbox.smtpPort}, DNS on port ${sandbox.dnsPort} (UDP and TCP)`,
      columns,
    ),
    ...indented(plan.model.note, columns),
    ...neighbourLines(plan, columns),
    '',
    'Probe it from another terminal:',
    ...commandLines(commandWords(plan, sandbox), columns),
    '',
    'Ctrl-C ends it. What it decides:',
  ].join('\n');
}

function indented(text: string, columns: number): string[] {
  return hanging('', text, 2, columns);
}

/** The command that shows what this sandbox does: as deep as it defers, and at ages that fit. */
function commandWords(plan: SandboxPlan, sandbox: Sandbox): string[] {
  const { delaySeconds } = plan.options.policy;
  const wait = delaySeconds < 60 ? ['--retry-at', retryLadder(delaySeconds)] : [];
  return [...probeWords(plan, sandbox), ...wait];
}

/** As deep as it defers: a probe up to RCPT would be accepted. */
function stageWords({ options: { policy } }: SandboxPlan): string[] {
  if (policy.stage === 'message') return ['--stage', 'message', '--deliver'];
  return policy.stage === 'data' ? ['--stage', 'data'] : [];
}

/**
 * The command for a POSIX shell, broken between its words, a flag and its value together where they
 * fit, so that it can be copied as it stands.
 */
export function commandLines(words: readonly string[], columns: number): string[] {
  const most = columns - CONTINUED.length;
  const parts = quotedParts(words).flatMap((part) =>
    part.length + 4 <= most ? [part] : part.split(/(?<=^--\S+) /u),
  );
  const lines: string[] = [];
  let line = ' ';
  for (const part of parts) {
    if (line.trim() !== '' && line.length + 1 + part.length > most) {
      lines.push(`${line}${CONTINUED}`);
      line = '   ';
    }
    line = `${line} ${part}`;
  }
  return [...lines, line];
}

const CONTINUED = ' \\';

/** Words as they are typed, a flag with its value. */
function quotedParts(words: readonly string[]): string[] {
  const parts: string[] = [];
  for (const word of words) {
    const typed = shellWord(word);
    const flag = parts.at(-1);
    if (flag?.startsWith('--') === true && !flag.includes(' ') && !word.startsWith('--')) {
      parts[parts.length - 1] = `${flag} ${typed}`;
    } else parts.push(typed);
  }
  return parts;
}

/** Ages around a short delay, so that a first look does not take longer than it must. */
function retryLadder(delaySeconds: number): string {
  const ages = [0.5, 0.9, 1.1, 1.5].map((part) => Math.max(1, Math.round(delaySeconds * part)));
  return [...new Set(ages)].map(durationText).join(',');
}

function neighbourLines(plan: SandboxPlan, columns: number): string[] {
  if (plan.neighbours.length === 0) return [];
  const width = Math.max(...plan.neighbours.map(({ domain }) => domain.length));
  const rows = plan.neighbours.map(
    ({ domain, says }) => [`  ${domain.padEnd(width)}  `, says] as const,
  );
  const fits = rows.every(([start, says]) => start.length + says.length <= columns);
  return [
    'Its neighbours only look like it:',
    ...rows.flatMap(([start, says]) =>
      fits ? [`${start}${says}`] : hanging(start, says, start.length, columns),
    ),
  ];
}

/** One line for one decision: time, host, client, stage, envelope, answer. */
export function renderDecision({ query, answer }: SandboxDecision): string {
  const time = new Date(query.atMs).toISOString().slice(11, 23);
  const envelope = query.recipient === '' ? '' : ` <${query.sender}> to <${query.recipient}>`;
  return escapeControl(
    `${time} ${query.host} [${query.client}] ${query.stage}${envelope}: ${answerText(answer)}`,
  );
}

function answerText(answer: Reply | string): string {
  if (typeof answer === 'string') return answer;
  const { code, enhanced, text } = answer;
  return [code, enhanced, ...text].filter((part) => part !== null && part !== '').join(' ');
}

/** First line of the output for scripts. */
export function sandboxFacts(plan: SandboxPlan, sandbox: Sandbox) {
  const { policy } = plan.options;
  return {
    schema: 'greyprobe.sandbox.v1',
    event: 'ready',
    address: sandbox.address,
    smtpPort: sandbox.smtpPort,
    dnsPort: sandbox.dnsPort,
    domain: sandbox.domain,
    domains: sandbox.domains,
    dialect: { id: plan.model.id, name: plan.model.name, assumed: plan.model.assumed },
    delaySeconds: policy.delaySeconds,
    windowSeconds: policy.windowSeconds,
    stage: policy.stage,
    key: policy.key,
    probe: probeWords(plan, sandbox),
  };
}

/** A further line of the output for scripts. */
export function decisionFacts({ query, answer }: SandboxDecision) {
  const { host, client, helo, sender, recipient, stage } = query;
  return {
    event: 'decision',
    at: new Date(query.atMs).toISOString(),
    host,
    client,
    helo,
    sender,
    recipient,
    stage,
    reply: typeof answer === 'string' ? null : answer,
    action: typeof answer === 'string' ? answer : 'reply',
  };
}
