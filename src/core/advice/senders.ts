import * as v from 'valibot';
import { usageError } from '../../model/errors.js';
import { nearestNames } from '../../model/values/nearest.js';
import { AliasSchema, type Sender, type SenderAlias, SenderSchema } from './sender-schema.js';
import aliases from './senders/aliases.json' with { type: 'json' };
import exchange from './senders/exchange.json' with { type: 'json' };
import eximSendmail from './senders/exim-sendmail.json' with { type: 'json' };
import observed from './senders/observed.json' with { type: 'json' };
import postfix from './senders/postfix.json' with { type: 'json' };
import products from './senders/products.json' with { type: 'json' };
import services from './senders/services.json' with { type: 'json' };
import unix from './senders/unix.json' with { type: 'json' };

/** All senders that are known by name, their schedule known or not. */
export const SENDERS: readonly Sender[] = v.parse(v.array(SenderSchema), [
  ...exchange,
  ...postfix,
  ...eximSendmail,
  ...unix,
  ...products,
  ...services,
  ...observed,
]);

/** Products that are another program inside as far as mail is concerned. */
export const SENDER_ALIASES: readonly SenderAlias[] = v.parse(v.array(AliasSchema), aliases);

/** Short names that stand for one or several senders. */
export const SENDER_GROUPS: Readonly<Record<string, readonly string[]>> = {
  common: [
    'exchange-2003',
    'exchange-2013plus-message',
    'exchange-online',
    'postfix',
    'exim-debian-q30m',
    'sendmail-debian',
    'qmail',
  ],
  'exchange-2000': ['exchange-2003'],
  'exchange-2007': ['exchange-2010-message'],
  'exchange-2010': ['exchange-2010-message'],
  'exchange-2013': ['exchange-2013plus-message'],
  'exchange-2016': ['exchange-2013plus-message'],
  'exchange-2019': ['exchange-2013plus-message'],
  'exchange-se': ['exchange-2013plus-message'],
  'exchange-queue': ['exchange-2007plus-queue-mailbox', 'exchange-2007plus-queue-edge'],
  exchange: [
    'exchange-2003',
    'exchange-2010-message',
    'exchange-2013plus-message',
    'exchange-online',
  ],
  outlook: ['exchange-online', 'web-hotmail-2016'],
  'outlook.com': ['exchange-online', 'web-hotmail-2016'],
  o365: ['exchange-online'],
  m365: ['exchange-online'],
  gmail: ['web-gmail-2016'],
  'google-workspace': ['web-gmail-2016'],
  'microsoft-365': ['exchange-online'],
  'office-365': ['exchange-online'],
  'exim-debian': ['exim-debian-q30m'],
  sendmail: ['sendmail-q30m', 'sendmail-debian'],
  james: ['james-sample', 'james-unset'],
  'stalwart-0.16': ['stalwart'],
  'stalwart-0.15': ['stalwart-0.13'],
  'stalwart-0.14': ['stalwart-0.13'],
  ...Object.fromEntries(SENDER_ALIASES.map(({ name, sender }) => [name, [sender]])),
};

/**
 * Senders by a comma list of ids or groups (`common`, `exchange-2019`, `all`), in the order given. Names are
 * taken as people say them (`Exchange 2019`, `o365`); one that may mean several senders gives all of these.
 * Throws a usage error (code `unknown-sender`) that names the nearest ids.
 */
export function sendersNamed(list: string): Sender[] {
  const names = list.split(',').map(spoken);
  const found = names.filter((name) => name !== '').flatMap(sendersOf);
  if (found.length === 0) throw unknownSender(list);
  return [...new Set(found)];
}

/** Those of a comma list that stand for another program inside: `mailu` is Postfix. */
export function aliasesNamed(list: string): SenderAlias[] {
  const names = new Set(list.split(',').map(spoken));
  return SENDER_ALIASES.filter(({ name }) => names.has(name));
}

/** `Exchange 2019` as it is listed: `exchange-2019`. */
function spoken(name: string): string {
  return name.trim().toLowerCase().replaceAll(/\s+/gu, '-');
}

function sendersOf(name: string): readonly Sender[] {
  if (name === 'all') return SENDERS;
  const ids = Object.hasOwn(SENDER_GROUPS, name) ? (SENDER_GROUPS[name] ?? []) : [name];
  return ids.map((id) => {
    const sender = SENDERS.find((one) => one.id === id);
    if (sender === undefined) throw unknownSender(name);
    return sender;
  });
}

function unknownSender(name: string): Error {
  const shown = JSON.stringify(name.slice(0, 60));
  const all = [...SENDERS.map(({ id }) => id), ...Object.keys(SENDER_GROUPS)];
  const start = name.slice(0, 3);
  const alike = name === '' ? [] : nearestNames(name, all, 6);
  const near = [...new Set([...alike, ...all.filter((id) => start && id.startsWith(start))])];
  return usageError(
    'unknown-sender',
    `${shown} is not a sender that greyprobe knows.`,
    near.length > 0
      ? `Near it: ${near.slice(0, 6).join(', ')}.`
      : `Known: ${all.slice(0, 8).join(', ')} ... or all.`,
  );
}
