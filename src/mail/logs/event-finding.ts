import { isExpiry } from '../bounces/exchange-status.js';
import { type Fate, type Finding, finding, type SenderSoftware } from '../finding.js';
import type {
  LogEvent,
  LoggedAttempt,
  LoggedDecision,
  LoggedOutcome,
  LogSourceId,
  PassedOver,
} from './events.js';

const SOFTWARE: { readonly [source in LogSourceId]?: SenderSoftware } = {
  'postfix-log': 'postfix',
  'postfix-queue': 'postfix',
  'exim-log': 'exim',
  'sendmail-log': 'sendmail',
  'sendmail-queue': 'sendmail',
  'exchange-log': 'exchange-2007plus',
  'exchange-online-log': 'exchange-online',
  'iis-smtp-log': 'exchange-2003',
  'qmail-log': 'qmail',
  'opensmtpd-log': 'opensmtpd',
  'haraka-log': 'haraka',
  'zonemta-log': 'zonemta',
  'kumomta-log': 'kumomta',
  'stalwart-log': 'stalwart',
  'hmailserver-log': 'hmailserver',
  'smartermail-log': 'smartermail',
  'mdaemon-log': 'mdaemon',
  'mailman-log': 'mailman',
  'powermta-log': 'powermta',
};

/** The refusal that an event tells of; null for deliveries, and for what is no contact. */
export function findingOf(event: LogEvent): Finding | null {
  switch (event.kind) {
    case 'attempt':
    case 'passed-over':
      return ofOutcome(event);
    case 'decision':
      return event.decided === 'refused' ? ofDecision(event) : null;
    default:
      return null;
  }
}

function ofOutcome(event: LoggedAttempt | PassedOver): Finding | null {
  const { outcome } = event;
  if (outcome.kind === 'accepted') return null;
  if (outcome.kind === 'suspended' && outcome.reply === null) return null;
  const isRefused = outcome.kind === 'refused';
  const replied = outcome.kind === 'own-side' ? null : outcome;
  return finding({
    source: event.source,
    when: event.when,
    reportingHost: event.logHost,
    software: SOFTWARE[event.source] ?? null,
    reply: replied?.reply ?? null,
    stage: replied?.stage ?? null,
    codeAssumed: isRefused && outcome.codeAssumed,
    failure: outcome.kind === 'own-side' ? outcome.reason : null,
    fate: fateOf(outcome),
    recipient: event.recipient,
    sender: event.kind === 'attempt' ? event.sender : null,
    remoteHost: event.host,
    remoteAddress: event.address,
  });
}

/** A sender that returns a message after a temporary refusal gave up. */
function fateOf(outcome: LoggedOutcome): Fate {
  if (!('final' in outcome) || !outcome.final) return 'deferred';
  if (outcome.kind === 'own-side') return 'gave-up';
  return outcome.reply.code < 500 || isExpiry(outcome.reply) ? 'gave-up' : 'rejected';
}

function ofDecision(event: LoggedDecision): Finding {
  const { reply } = event;
  return finding({
    source: event.source,
    when: event.when,
    reportingHost: event.logHost,
    software: SOFTWARE[event.source] ?? null,
    direction: 'incoming',
    greylister: event.greylister,
    fate: reply !== null && reply.code >= 500 ? 'rejected' : 'deferred',
    reply,
    codeAssumed: event.codeAssumed,
    stage: event.stage,
    sender: event.sender,
    recipient: event.recipient,
    remoteHost: event.client,
    remoteAddress: event.clientAddress,
  });
}
