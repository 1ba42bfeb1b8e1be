import type { LogSource } from '../source.js';
import { exchange } from './exchange.js';
import { exim } from './exim.js';
import { postfix } from './postfix.js';
import { sendmail } from './sendmail.js';

/** All logs that are read. The order matters only for lines that two of them would take. */
export const LOG_SOURCES: readonly LogSource[] = [postfix, exim, sendmail, exchange];
