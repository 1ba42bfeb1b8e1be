import { dirname, join } from 'node:path';
import { Ledger } from '../../core/manners/ledger.js';
import { systemClock } from '../system/clock.js';
import { openSharedLog } from './shared-log.js';

const LEDGERS = new Map<string | null, Ledger>();

/**
 * The ledger of all runs of this process, and of all processes that keep their runs in the folder; null:
 * of this process alone.
 */
export function sharedLedger(runsFolder: string | null): Ledger {
  const known = LEDGERS.get(runsFolder);
  if (known !== undefined) return known;
  const ledger =
    runsFolder === null
      ? new Ledger(systemClock)
      : new Ledger(systemClock, openSharedLog(join(dirname(runsFolder), 'connections')));
  LEDGERS.set(runsFolder, ledger);
  return ledger;
}
