import type { Finding } from '../../../../../src/mail/finding.js';
import { findingOf } from '../../../../../src/mail/logs/event-finding.js';
import type { LogEvent } from '../../../../../src/mail/logs/events.js';
import { LogScanner } from '../../../../../src/mail/logs/log-scanner.js';

/** All events of a log. */
export function eventsOf(log: string | readonly string[]): LogEvent[] {
  const events: LogEvent[] = [];
  const scanner = new LogScanner((event) => events.push(event));
  scanner.feed(Buffer.from(typeof log === 'string' ? log : log.join('\n'), 'utf8'));
  scanner.end();
  return events;
}

/** The refusals of a log. */
export function refusalsIn(log: string | readonly string[]): Finding[] {
  return eventsOf(log).flatMap((event) => findingOf(event) ?? []);
}
