import type { Reply } from '../model/smtp.js';
import { domainOf } from './address-parts.js';
import type { GreylistQuery } from './greylister-policy.js';

/** Values for the placeholders of a reply, by name. */
export type Placeholders = Readonly<Record<string, string>>;

/** Fills `{name}` in every line; a name that is not known stays as it is. */
export function fillReply(reply: Reply, values: Placeholders): Reply {
  const text = reply.text.map((line) =>
    line.replace(/\{([a-z_]+)\}/g, (whole, name: string) => values[name] ?? whole),
  );
  return { ...reply, text };
}

/** Seconds as `00:29:58`, rounded up: a server does not promise less than it will ask. */
export function hoursMinutesSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** What a reply may say of the transaction that it answers. */
export function placeholdersOf(query: GreylistQuery): Placeholders {
  return {
    rcpt: query.recipient,
    rcpt_domain: domainOf(query.recipient),
    sender: query.sender,
    sender_domain: domainOf(query.sender),
    client: query.client,
    helo: query.helo,
    host: query.host,
  };
}
