import type { LogSource } from '../source.js';
import { exchange } from './exchange.js';
import { exchangeOnline } from './exchange-online.js';
import { exim } from './exim.js';
import { haraka } from './haraka.js';
import { hmailserver } from './hmailserver.js';
import { iisSmtp } from './iis-smtp.js';
import { kumomta } from './kumomta.js';
import { mailman } from './mailman.js';
import { mailq } from './mailq.js';
import { mdaemon } from './mdaemon.js';
import { milterGreylist } from './milter-greylist.js';
import { openbsdSpamd } from './openbsd-spamd.js';
import { opensmtpd } from './opensmtpd.js';
import { postfix } from './postfix.js';
import { postgrey } from './postgrey.js';
import { powermta } from './powermta.js';
import { providers } from './providers.js';
import { qmail } from './qmail.js';
import { rspamd } from './rspamd.js';
import { sendmail } from './sendmail.js';
import { smartermail } from './smartermail.js';
import { sqlgrey } from './sqlgrey.js';
import { stalwart } from './stalwart.js';
import { zonemta } from './zonemta.js';

/** All logs that are read. The first that takes a line, or a record, reads it. */
export const LOG_SOURCES: readonly LogSource[] = [
  postfix,
  mailq,
  exim,
  sendmail,
  exchange,
  exchangeOnline,
  iisSmtp,
  qmail,
  opensmtpd,
  haraka,
  zonemta,
  kumomta,
  stalwart,
  hmailserver,
  smartermail,
  mdaemon,
  mailman,
  powermta,
  postgrey,
  sqlgrey,
  rspamd,
  milterGreylist,
  openbsdSpamd,
  providers,
];
