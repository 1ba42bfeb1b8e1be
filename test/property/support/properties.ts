import { expect } from 'chai';
import fc from 'fast-check';
import type { ProbeRequest, SenderPool } from '../../../src/core/run/request.js';
import { STAGES } from '../../../src/model/smtp.js';
import { type Checked, checkGreylister, checkLookAlike } from './check-run.js';
import { type GreylisterCase, greylisters } from './greylister-case.js';
import { lookAlikes } from './look-alike-case.js';
import { anySenders, requestsWith } from './request-case.js';
import { PEACEFUL } from './surroundings-case.js';
import { type WorldCase, worlds } from './world-case.js';

/** Always the same servers unless a seed is given: what fails in CI fails at home. */
const SEED = Number(process.env['GREYPROBE_SEED'] ?? 20_260_105);

/*
 * The promises of the program, against so many random servers. A failure prints seed and path;
 * GREYPROBE_SEED and GREYPROBE_PATH bring the same server again.
 */

/**
 * A few given senders are not enough for a proof; with fresh ones it `proves` what it finds. `opens` is
 * the least share that gets an upper edge: a list that lets early tries wait longer may never pass a
 * sender that has to be tried again and again.
 */
export function itFindsWindows(
  count: number,
  { senders, proves, opens }: { senders: fc.Arbitrary<SenderPool>; proves: boolean; opens: number },
): void {
  it(`finds a window that contains the truth: ${count} greylisters`, async () => {
    const found = await holds(count, greylisters, senders, checkGreylister);
    // A program that never says anything would keep every promise.
    const seen = found.filter(isReached);
    expect(share(seen, hasOpening), 'with an opening').to.be.above(opens);
    if (!proves) return;
    const provable = seen.filter(({ server, request }) => isProvable(server, request));
    expect(share(provable, isConfirmed), 'confirmed').to.be.above(0.8);
  });
}

export function itConfirmsNoLookAlike(count: number): void {
  it(`confirms no look-alike: ${count} servers`, async () => {
    const found = await holds(count, lookAlikes, anySenders, checkLookAlike);
    const accepted = share(found, ({ result }) => result.verdict.kind === 'accepted');
    expect(accepted, 'seen as no trouble at all').to.be.below(0.5);
  });
}

type Check<Server> = (server: Server, request: ProbeRequest, world: WorldCase) => Promise<Checked>;

interface Found<Server> {
  readonly server: Server;
  readonly request: ProbeRequest;
  readonly world: WorldCase;
  readonly result: Checked['result'];
}

/** All runs with their results; throws with the smallest server that breaks a promise. */
async function holds<Server>(
  runs: number,
  servers: fc.Arbitrary<Server>,
  senders: fc.Arbitrary<SenderPool>,
  check: Check<Server>,
): Promise<readonly Found<Server>[]> {
  const found: Found<Server>[] = [];
  const property = fc.asyncProperty(
    servers,
    requestsWith(senders),
    worlds,
    async (server, request, world) => {
      const { result, faults } = await check(server, request, world);
      found.push({ server, request, world, result });
      expect(faults).to.deep.equal([]);
    },
  );
  const path = process.env['GREYPROBE_PATH'];
  await fc.assert(property, { numRuns: runs, seed: SEED, ...(path === undefined ? {} : { path }) });
  return found;
}

type Case = Omit<Found<GreylisterCase>, 'result'>;

/** A list alone, within reach, of which fresh senders can prove what they find. */
export function isSimple(one: Case): boolean {
  return isReached(one) && isProvable(one.server, one.request);
}

function isReached({ server, request, world }: Case): boolean {
  return world.trouble === null && isWithinReach(server, request);
}

/** The probe goes as far as the deferral, plans by itself, and waits for longer than the delay. */
function isWithinReach({ policy, around }: GreylisterCase, request: ProbeRequest): boolean {
  if (around !== PEACEFUL) return false;
  const { stage, delaySeconds, earlyRetry, lateTriesNeeded } = policy;
  // A wait that doubles at each try may never end for one who goes on trying.
  if (earlyRetry.kind === 'double' || lateTriesNeeded > 0) return false;
  const reached = STAGES.indexOf(stage) <= STAGES.indexOf(request.stage);
  const waits = request.retryAtSeconds === null && delaySeconds < request.maxWaitSeconds / 2;
  return reached && waits && delaySeconds >= 1;
}

/** Fresh senders can show a contrast: they are in the key, and a pass lets nobody else in. */
function isProvable({ policy }: GreylisterCase, request: ProbeRequest): boolean {
  const { key, autoWhitelist } = policy;
  const fresh = request.senders.kind === 'template';
  return fresh && key.includes('sender') && autoWhitelist.scope === 'none';
}

function hasOpening({ result }: Pick<Checked, 'result'>): boolean {
  return result.window !== null && result.window.opens.bySeconds !== null;
}

function isConfirmed({ result }: Pick<Checked, 'result'>): boolean {
  const { kind, confidence } = result.verdict;
  return kind === 'greylisted' && confidence === 'confirmed';
}

function share<One>(all: readonly One[], holds: (one: One) => boolean): number {
  return all.filter(holds).length / all.length;
}
