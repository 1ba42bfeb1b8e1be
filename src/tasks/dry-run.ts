import type { PlanResult } from '../contract/plan-result.js';
import { PURPOSES } from '../core/plan/purposes.js';
import { VERIFY_SESSIONS } from '../core/plan/verify.js';
import { poolSize } from '../core/run/probe-senders.js';
import type { ProbeRequest } from '../core/run/request.js';
import type { RunState } from '../core/run/state.js';
import { elapsedSeconds } from '../core/window/elapsed.js';
import type { Reply } from '../model/smtp.js';
import { alwaysReplies, greylists } from '../sandbox/behaviours.js';
import { PLAIN_POLICY } from '../sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../sandbox/mail-host-behaviour.js';
import { runSimulation } from '../sandbox/virtual/run-simulation.js';

/** A deferral that says greylisting and nothing else: no product, no waiting time. */
const REPLY: Reply = { code: 451, enhanced: '4.7.1', text: ['Greylisted'] };

/** What is not in the plan. Ages that the user gave are kept, whatever the server says. */
function notesOn({ retryAtSeconds, stage }: ProbeRequest, runs: readonly RunState[]): string[] {
  return [
    ...(stage === 'message' ? [messagesNote(runs)] : []),
    passesNote(runs),
    ...(retryAtSeconds === null
      ? ['A waiting time that the server states, or a server that is recognised, moves the steps.']
      : []),
    'A server that accepts at once, rejects, or asks to stop ends the plan early.',
  ];
}

/** A mailbox somewhere gets what is accepted. */
function messagesNote(runs: readonly RunState[]): string {
  return `Each try that passes delivers a message: up to ${mostPasses(runs)} where the server defers new senders.`;
}

/** A list that counts passes knows this client, or this sender domain, from some number on. */
function passesNote(runs: readonly RunState[]): string {
  return `Up to ${mostPasses(runs)} tries pass where the server defers new senders. Many servers then let you in at once, for weeks: a later probe finds less.`;
}

function mostPasses(runs: readonly RunState[]): number {
  const accepted = runs.map(
    ({ attempts }) => attempts.filter((one) => one.end?.outcome === 'accepted').length,
  );
  return Math.max(...accepted);
}

/**
 * What a probe would do, found by running it in virtual time against a host that never opens, and
 * against hosts that open at each step that can make a run dear: the last, and each given age. No
 * connection is made and no name is looked up.
 */
export async function dryRun(request: ProbeRequest): Promise<PlanResult> {
  const never = await simulate(request, alwaysReplies(request.stage, REPLY));
  const end = never.attempts.at(-1)?.started ?? never.lastAt;
  const runs = [never, await simulate(request, opensBy(sinceStart(never, end), request))];
  // Where ages were given, a run goes on past its first pass, so an early one can cost more.
  for (const age of request.retryAtSeconds ?? []) {
    runs.push(await simulate(request, opensBy(age, request)));
  }
  const { manners, senders } = request;
  return {
    schema: 'greyprobe.plan.v1',
    target: { recipient: request.recipient, domain: request.domain },
    stage: request.stage,
    senders: senders.kind === 'template' ? null : poolSize(senders),
    connections: connectionsOf(never),
    atMost: {
      connections: Math.max(...runs.map(mostConnections)),
      attempts: Math.max(...runs.map(({ attempts }) => attempts.length)),
      seconds: Math.max(...runs.map((run) => sinceStart(run, run.lastAt))),
    },
    limits: { ...manners },
    notes: notesOn(request, runs),
  };
}

async function simulate(request: ProbeRequest, behaviour: MailHostBehaviour): Promise<RunState> {
  const { state } = await runSimulation(request, behaviour, { latencyMs: { low: 0, high: 0 } });
  return state;
}

/** A host that opens just before an age, so that the step at this age is the first to pass. */
function opensBy(ageSeconds: number, request: ProbeRequest): MailHostBehaviour {
  return greylists({
    ...PLAIN_POLICY,
    delaySeconds: Math.max(0, ageSeconds - 1),
    windowSeconds: null,
    clockGranularitySeconds: 0,
    stage: request.stage,
    reply: REPLY,
  });
}

/** How many connections narrow depends on where in a step the host opens, and on how fast it answers. */
function mostConnections({ sessions, request }: RunState): number {
  const narrowing = sessions.filter(({ purpose }) => purpose === PURPOSES.verify).length;
  const more = narrowing === 0 ? 0 : VERIFY_SESSIONS[request.stage] - narrowing;
  return sessions.length + more;
}

function connectionsOf(run: RunState): PlanResult['connections'] {
  return run.sessions.map((session) => ({
    n: session.n,
    atSeconds: sinceStart(run, session.started),
    purpose: session.purpose,
    attempts: run.attempts
      .filter((one) => one.session === session.n)
      .map(({ tuple, role }) => ({ tuple: tuple.id, role })),
  }));
}

function sinceStart(run: RunState, at: RunState['lastAt']): number {
  return Math.round(elapsedSeconds(run.started, at).high * 10) / 10;
}
