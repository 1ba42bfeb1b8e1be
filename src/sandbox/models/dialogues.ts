import type { Reply } from '../../model/smtp.js';
import type { Dialogue } from '../mail-host-behaviour.js';

/*
 * The lines around a decision, as the mail servers say them. They matter to a prober that reads
 * banners, and to one that expects enhanced codes from everybody.
 */

function line(code: number, enhanced: string | null, ...text: string[]): Reply {
  return { code, enhanced, text };
}

export const POSTFIX: Partial<Dialogue> = {
  banner: line(220, null, '{host} ESMTP Postfix'),
  greeting: line(
    250,
    null,
    '{host}',
    'PIPELINING',
    'SIZE 1048576',
    'ENHANCEDSTATUSCODES',
    '8BITMIME',
    'SMTPUTF8',
  ),
};

/** Postfix hides PIPELINING while postscreen tests a client. */
export const POSTSCREEN: Partial<Dialogue> = {
  ...POSTFIX,
  greeting: line(250, null, '{host}', 'SIZE 1048576', 'ENHANCEDSTATUSCODES', '8BITMIME'),
};

/** Exim gives no enhanced codes. */
export const EXIM: Partial<Dialogue> = {
  banner: line(220, null, '{host} ESMTP Exim 4.96'),
  greeting: line(250, null, '{host} Hello', 'SIZE 1048576', '8BITMIME', 'PIPELINING', 'HELP'),
  mail: line(250, null, 'OK'),
  rcpt: line(250, null, 'Accepted'),
  data: line(354, null, 'Enter message, ending with "." on a line by itself'),
  message: line(250, null, 'OK id=1discarded'),
};

export const SENDMAIL: Partial<Dialogue> = {
  banner: line(220, null, '{host} ESMTP Sendmail 8.17.1/8.17.1'),
  greeting: line(
    250,
    null,
    '{host} Hello',
    'ENHANCEDSTATUSCODES',
    'PIPELINING',
    '8BITMIME',
    'HELP',
  ),
  mail: line(250, '2.1.0', '<{sender}>... Sender ok'),
  rcpt: line(250, '2.1.5', '<{rcpt}>... Recipient ok'),
};

/** qmail and its relatives give neither enhanced codes nor many words. */
export const QMAIL: Partial<Dialogue> = {
  banner: line(220, null, '{host} ESMTP'),
  greeting: line(250, null, '{host}', 'PIPELINING', '8BITMIME'),
  mail: line(250, null, 'ok'),
  rcpt: line(250, null, 'ok'),
  data: line(354, null, 'go ahead'),
  message: line(250, null, 'ok 0 qp 0'),
};

/** OpenBSD spamd shows itself in every line before the deferral. */
export const SPAMD: Partial<Dialogue> = {
  banner: line(220, null, '{host} ESMTP spamd IP-based SPAM blocker; Mon Jan  5 08:00:00 2026'),
  greeting: line(250, null, 'Hello, spam sender. Pleased to be wasting your time.'),
  mail: line(
    250,
    null,
    'You are about to try to deliver spam. Your time will be spent, for nothing.',
  ),
  rcpt: line(250, null, 'This is hurting you more than it is hurting me.'),
};
