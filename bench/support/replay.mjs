/* Replays one journal with the built program and says how long that took and how much it held. */

import { RunFold } from '../../dist/core/run/state.js';
import { streamJournal } from '../../dist/edges/journal/reader.js';

const [path = ''] = process.argv.slice(2);
const began = performance.now();
const fold = new RunFold();
for (const event of streamJournal(path)) fold.apply(event);
const seconds = (performance.now() - began) / 1000;
const residentMb = process.resourceUsage().maxRSS / 1024;
const { attempts, sessions } = fold.state;
const events = 3 + sessions.length * 3 + attempts.length * 2;
process.stdout.write(JSON.stringify({ events, attempts: attempts.length, seconds, residentMb }));
