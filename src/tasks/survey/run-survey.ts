import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import {
  NOTHING_FOUND,
  type SurveyFinding,
  type SurveyRow,
  surveyFindingOf,
} from '../../contract/survey-row.js';
import { hostKey } from '../../core/manners/ledger.js';
import { ManyRuns } from '../../core/many/drive-many.js';
import { beginRunFold, resumeRunFold, visitRun } from '../../core/run/engine.js';
import type { ProbeEvent } from '../../core/run/events.js';
import type { Located, ProbeOptions, ProbePorts } from '../../core/run/ports.js';
import type { RunFold, RunState } from '../../core/run/state.js';
import type { SurveyTarget } from '../../core/survey/events.js';
import type { Scratch } from '../../edges/system/scratch.js';
import type { ClockReading } from '../../model/time.js';
import { complains } from './complaints.js';
import { type Host, Hosts } from './hosts.js';
import type { KeptSurvey } from './kept-survey.js';
import type { OptOut } from './opt-out.js';
import { Pace } from './pace.js';
import { PACKED_FROM_MS, type PackedRun, packRun, unpackRun } from './pack.js';
import { RunIds } from './run-ids.js';
import { Turns } from './turns.js';

export interface SurveyContext {
  readonly ports: ProbePorts;
  readonly optOut: OptOut;
  /** Where runs that wait are put aside. */
  readonly scratch: Scratch;
  /** Visits under way at a time. */
  readonly concurrency: number;
  /** New hosts a second, once the survey has warmed up. */
  readonly hostsPerSecond: number;
  /** What a run takes at most. */
  readonly longestRunSeconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onRow: (row: SurveyRow) => void;
  readonly onEvent?: (run: string, event: ProbeEvent) => void;
  /**
   * The addresses that a run of the mail host at this place is visited from; waits until there is one.
   * Absent: those of the request.
   */
  readonly sourcesFor?: (place: string, signal: AbortSignal) => Promise<readonly string[]>;
}

/** How far a survey has come. */
export interface SurveyProgress {
  readonly now: ClockReading;
  readonly targets: number;
  readonly done: number;
  readonly hosts: number;
  readonly hostsDone: number;
  readonly waiting: number;
  readonly inFlight: number;
  /** On the monotonic clock; null: nothing waits. */
  readonly nextDueMs: number | null;
  /** When the last of the runs can end that the list may still take, on the monotonic clock. */
  readonly lastsUntilMs: number;
  readonly sessions: number;
  readonly stops: number;
  /** How late visits began that had a time, in milliseconds. */
  readonly latenessMs: readonly number[];
}

/** Why a survey ended before its list did; null: it did not. */
export type SurveyEnd = 'interrupted' | 'asked-to-stop' | null;

/** Targets that are looked up ahead of those that are begun. */
const LOOKED_UP_AT_A_TIME = 64;

interface Run {
  readonly id: string;
  readonly target: SurveyTarget;
  readonly host: Host;
  held: { readonly fold: RunFold } | { readonly packed: PackedRun };
}

/**
 * A survey: each mail host is measured once, all side by side, and the other targets behind it get what
 * was found. Rows come as they are known. `keep` of the kept survey has each event on the disk before
 * what rests on it is done, so that a survey that is killed goes on where it was.
 */
export class Survey {
  readonly #kept: KeptSurvey;
  readonly #context: SurveyContext;
  readonly #ports: ProbePorts;
  readonly #hosts = new Hosts();
  readonly #many: ManyRuns<Run>;
  readonly #pace: Pace;
  readonly #turns: Turns;
  readonly #ids: RunIds;
  readonly #latenessMs: number[] = [];
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #done = 0;
  #hostsDone = 0;
  #sessions = 0;
  #running = 0;
  #isListRead = false;
  /** Targets of which it is not known yet whether they take a run. */
  #unread: number;
  #lastBegunMs: number;

  constructor(kept: KeptSurvey, context: SurveyContext) {
    this.#kept = kept;
    this.#context = context;
    this.#ports = context.ports;
    const { signal, concurrency, hostsPerSecond } = context;
    this.#signal =
      signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
    setMaxListeners(0, this.#signal);
    const { monotonicMs } = this.#ports.clock.read();
    this.#pace = new Pace(monotonicMs, hostsPerSecond);
    this.#turns = new Turns(this.#ports.clock, this.#pace, this.#signal);
    this.#ids = new RunIds(this.#ports);
    this.#unread = kept.targets.length;
    this.#lastBegunMs = monotonicMs;
    this.#many = new ManyRuns(this.#ports.clock, (run) => this.#visit(run), {
      inFlight: concurrency,
      signal: this.#signal,
      onLate: (lateMs) => this.#latenessMs.push(lateMs),
    });
  }

  get progress(): SurveyProgress {
    return {
      now: this.#ports.clock.read(),
      targets: this.#kept.targets.length,
      done: this.#done,
      hosts: this.#hosts.size,
      hostsDone: this.#hostsDone,
      waiting: this.#many.waiting,
      inFlight: this.#many.inFlight,
      nextDueMs: this.#many.nextDueMs,
      lastsUntilMs: this.#lastsUntilMs,
      sessions: this.#sessions,
      stops: this.#pace.stops,
      latenessMs: this.#latenessMs,
    };
  }

  /** Where each target that was not looked up yet takes a run, and each spot check as long as one can. */
  get #lastsUntilMs(): number {
    const { longestRunSeconds } = this.#context;
    const { perHost } = this.#kept.settings;
    const nowMs = this.#ports.clock.read().monotonicMs;
    const beginMs = this.#unread > 0 ? nowMs + (1000 * this.#unread) / this.#pace.perSecond : 0;
    return Math.max(this.#lastBegunMs, beginMs) + 1000 * longestRunSeconds * perHost;
  }

  /** Runs to the end, or until it is stopped. Throws what keeps its events from being kept. */
  async run(): Promise<SurveyEnd> {
    this.#takeUp();
    const driving = this.#many.drive();
    const reading = this.#readList().catch((error: unknown) => {
      this.#stop.abort();
      throw error;
    });
    const [driven, read] = await Promise.allSettled([driving, reading]);
    if (driven.status === 'rejected') throw driven.reason;
    if (read.status === 'rejected') throw read.reason;
    if (this.#context.signal?.aborted === true) return 'interrupted';
    if (this.#signal.aborted) return 'asked-to-stop';
    await this.#kept.keep({
      type: 'survey-finished',
      wallMs: this.#ports.clock.read().wallMs,
    });
    return null;
  }

  /** Runs of another process: what they found, or where to go on. */
  #takeUp(): void {
    for (const { run: id, n, place, fold } of this.#kept.runs) {
      this.#ids.use(id);
      const target = this.#kept.targets[n];
      const { state } = fold;
      // Killed before its first event: it is begun anew.
      if (target === undefined || state === null) continue;
      const [address = place] = place.split(' ');
      const host = this.#hosts.at(place, address, state.pinned?.name ?? address);
      host.measured.add(target.domain);
      if (state.finished !== null) {
        this.#found(host, target, surveyFindingOf(state));
        continue;
      }
      const run: Run = { id, target, host, held: { fold } };
      resumeRunFold(fold, this.#ports, this.#optionsFor(run));
      this.#running += 1;
      this.#many.add(run, Number.NEGATIVE_INFINITY);
    }
  }

  async #readList(): Promise<void> {
    const limit = pLimit(LOOKED_UP_AT_A_TIME);
    const begun = new Set(
      this.#kept.runs.flatMap(({ n, fold }) => (fold.state === null ? [] : [n])),
    );
    await Promise.all(
      this.#kept.targets.map((target) =>
        limit(async () => {
          if (!this.#signal.aborted && !begun.has(target.n)) await this.#take(target);
          this.#unread -= 1;
        }),
      ),
    );
    this.#isListRead = true;
    this.#closeWhenDone();
  }

  /** Looks up where the mail of a target goes, and begins a run there where none was. */
  async #take(target: SurveyTarget): Promise<void> {
    const { optOut, signal } = this.#context;
    const nowMs = () => this.#ports.clock.read().monotonicMs;
    if (optOut.covers([target.domain], null, nowMs())) return this.#optedOut(target, NOTHING_FOUND);
    const located = await this.#ports.locate(this.#requestFor(target), this.#signal);
    if (signal?.aborted === true) return;
    const [first] = located.kind === 'hosts' ? located.hosts.filter(hasAddress) : [];
    const address = first?.addresses[0];
    if (first === undefined || address === undefined) return this.#notFound(target, located);
    const { name } = first;
    if (optOut.covers([target.domain, name], address, nowMs())) {
      return this.#optedOut(target, { ...NOTHING_FOUND, host: name, address });
    }
    const { port } = this.#kept.settings.request;
    const place = hostKey({ address, port, name: null });
    const isNew = !this.#hosts.has(place);
    const host = this.#hosts.at(place, address, name);
    if (!isNew && this.#isForOthers(host, target)) return;
    host.measured.add(target.domain);
    if (isNew) await this.#begin(host, target);
    else if (host.found === null) host.next.push(target);
    else await this.#begin(host, target);
  }

  /** Whether a target gets what another one's run finds, or has found. */
  #isForOthers(host: Host, target: SurveyTarget): boolean {
    const isSpotCheck =
      host.measured.size < this.#kept.settings.perHost && !host.measured.has(target.domain);
    if (isSpotCheck) return false;
    if (host.found === null) host.others.push(target);
    else this.#row(target, host.found);
    return true;
  }

  /** Begins a run when it is its turn. */
  async #begin(host: Host, target: SurveyTarget): Promise<void> {
    this.#running += 1;
    const sourceAddresses = await this.#sourcesFor(host);
    if (!(await this.#turns.take())) return;
    const id = this.#ids.next();
    const { n } = target;
    this.#keep({ type: 'survey-run', run: id, n, place: host.place });
    const options = this.#optionsFor({ id });
    const request = { ...this.#requestFor(target), sourceAddresses };
    const fold = beginRunFold(id, request, this.#ports, options);
    this.#lastBegunMs = this.#ports.clock.read().monotonicMs;
    this.#many.add({ id, target, host, held: { fold } }, Number.NEGATIVE_INFINITY);
  }

  async #sourcesFor({ place }: Host): Promise<readonly string[]> {
    const { sourcesFor } = this.#context;
    return (await sourcesFor?.(place, this.#signal)) ?? this.#kept.settings.request.sourceAddresses;
  }

  async #visit(run: Run): Promise<number | null> {
    const { clock } = this.#ports;
    const { host, target } = run;
    const { monotonicMs } = clock.read();
    if (this.#context.optOut.covers([target.domain, host.name], host.address, monotonicMs)) {
      this.#ended(host);
      this.#optedOut(target, { ...NOTHING_FOUND, host: host.name, address: host.address });
      for (const other of host.others.splice(0)) {
        this.#optedOut(other, { ...NOTHING_FOUND, host: host.name, address: host.address });
      }
      return null;
    }
    const fold =
      'fold' in run.held ? run.held.fold : unpackRun(run.held.packed, this.#context.scratch);
    run.held = { fold };
    const { state, dueMs } = await visitRun(fold, this.#ports, this.#optionsFor(run));
    if (dueMs !== null) {
      if (dueMs - clock.read().monotonicMs > PACKED_FROM_MS) {
        run.held = { packed: packRun(state, this.#context.scratch) };
      }
      return dueMs;
    }
    if (state.finished !== null) {
      const found = surveyFindingOf(state);
      this.#judgeManners(state, found);
      this.#ended(host);
      this.#found(host, target, found);
      this.#nextOf(host);
    }
    return null;
  }

  #optionsFor({ id }: Pick<Run, 'id'>): ProbeOptions {
    return {
      signal: this.#signal,
      keep: (event) => this.#keepEvent(id, event),
    };
  }

  #keepEvent(run: string, event: ProbeEvent): Promise<void> {
    if (event.type === 'session-started') this.#sessions += 1;
    const kept = this.#kept.keep({ run, event });
    this.#context.onEvent?.(run, event);
    return kept;
  }

  /** Waited for by what comes after it: none is kept after one that was not. */
  #keep(line: Parameters<KeptSurvey['keep']>[0]): void {
    this.#kept.keep(line).catch(() => {});
  }

  #ended(host: Host): void {
    this.#running -= 1;
    if (host.found === null) this.#hostsDone += 1;
    // What `found` adds comes right after this.
    queueMicrotask(() => this.#closeWhenDone());
  }

  #found(host: Host, target: SurveyTarget, found: SurveyFinding): void {
    this.#row(target, found);
    host.found ??= found;
    for (const other of host.others.splice(0)) this.#row(other, host.found);
  }

  /** The next spot check of a host. */
  #nextOf(host: Host): void {
    const next = host.next.shift();
    if (next !== undefined) void this.#begin(host, next).catch(() => this.#stop.abort());
  }

  /** A host that complains slows the survey down, and several end it. */
  #judgeManners(state: RunState, found: SurveyFinding): void {
    if (!complains(state, found)) return;
    this.#pace.stop(this.#ports.clock.read().monotonicMs);
    if (this.#pace.isOver) this.#stop.abort();
  }

  #closeWhenDone(): void {
    if (this.#isListRead && this.#running === 0) this.#many.close();
  }

  #requestFor({ recipient, domain }: SurveyTarget) {
    return { ...this.#kept.settings.request, recipient, domain };
  }

  #notFound(target: SurveyTarget, located: Located): void {
    const isKnown = located.kind === 'no-mail-service' || located.kind === 'hosts';
    this.#row(target, {
      ...NOTHING_FOUND,
      verdict: isKnown ? 'no-mail-service' : 'unreachable',
      // That the DNS gave no answer shows nothing of the mail host.
      confidence: isKnown ? 'confirmed' : 'possible',
    });
  }

  #optedOut(target: SurveyTarget, found: SurveyFinding): void {
    this.#row(target, { ...found, class: 'opted-out' });
  }

  #row({ recipient, domain, label }: SurveyTarget, found: SurveyFinding): void {
    this.#done += 1;
    this.#context.onRow({ schema: 'greyprobe.survey-row.v1', recipient, domain, label, ...found });
  }
}

function hasAddress({ addresses }: { readonly addresses: readonly string[] }): boolean {
  return addresses.length > 0;
}
