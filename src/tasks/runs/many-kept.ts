import { ManyRuns } from '../../core/many/drive-many.js';
import { beginRunFold, pauseRunFold, resumeRunFold, visitRun } from '../../core/run/engine.js';
import type { ProbeOptions, ProbePorts } from '../../core/run/ports.js';
import type { ProbeRequest } from '../../core/run/request.js';
import { RunFold, type RunState } from '../../core/run/state.js';
import type { StoredRun } from '../../edges/journal/find.js';
import { Scratch } from '../../edges/system/scratch.js';
import type { Clock } from '../../model/ports/clock.js';
import { type BeginOptions, withSenderIds } from '../probe/run-probe.js';
import { PACKED_FROM_MS, type PackedRun, packRun, unpackRun } from '../survey/pack.js';
import { beginKeptRun, type KeptRun } from './kept-run.js';
import { takeUpKept } from './resume-kept.js';

export interface ManyKeptOptions extends BeginOptions {
  readonly runsFolder: string;
  /** Visits under way at a time. */
  readonly concurrency: number;
}

/** How a run came out, and which version of greyprobe began it. */
export interface DrivenRun {
  readonly state: RunState;
  readonly version: string;
}

interface Run {
  readonly kept: KeptRun;
  readonly ports: ProbePorts;
  readonly options: ProbeOptions;
  held: { readonly fold: RunFold } | { readonly packed: PackedRun };
  readonly ended: (state: RunState) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Kept runs that are driven side by side, each in a journal of its own: a wait holds no more than the
 * packed state. A run whose events cannot be kept rejects, and leaves the others be.
 */
export class ManyKeptRuns {
  readonly #options: ManyKeptOptions;
  readonly #many: ManyRuns<Run>;
  readonly #runs = new Set<Run>();
  readonly #scratch: Scratch;
  #isOver = false;

  constructor(clock: Clock, options: ManyKeptOptions) {
    this.#options = options;
    this.#scratch = new Scratch(options.runsFolder);
    const { concurrency: inFlight, signal } = options;
    this.#many = new ManyRuns(clock, (run) => this.#visit(run), { inFlight, signal });
  }

  /** Drives runs until `close`, or until the signal aborts; then all that wait are paused. */
  async drive(): Promise<void> {
    await this.#many.drive();
    this.#isOver = true;
    await Promise.all([...this.#runs].map((run) => this.#pause(run)));
  }

  /** No run is begun or resumed any more. */
  close(): void {
    this.#many.close();
  }

  /** Begins a run. Throws `state-folder-unusable`, and what keeps its events from being kept. */
  async begin(request: ProbeRequest, ports: ProbePorts): Promise<DrivenRun> {
    const { runsFolder, version } = this.#options;
    const nowWallMs = ports.clock.read().wallMs;
    const kept = beginKeptRun(runsFolder, { version, nowWallMs, random: ports.random });
    return this.#driven(kept, version, ports, (options) =>
      beginRunFold(kept.run, withSenderIds(request), ports, options),
    );
  }

  /** Goes on with a stored run, as `resumeKept` does. */
  async resume(stored: StoredRun, ports: ProbePorts): Promise<DrivenRun> {
    const taken = await takeUpKept(stored, ports, this.#options);
    if (taken.kept === null) return taken;
    const { kept, version, state, warnings } = taken;
    return this.#driven(kept, version, ports, (options) =>
      resumeRunFold(RunFold.from(state), ports, { ...options, warnings }),
    );
  }

  async #driven(
    kept: KeptRun,
    version: string,
    ports: ProbePorts,
    begin: (options: ProbeOptions) => RunFold,
  ): Promise<DrivenRun> {
    try {
      const options = { ...this.#options, keep: kept.keep };
      const fold = begin(options);
      const state = await new Promise<RunState>((ended, failed) => {
        const run: Run = { kept, ports, options, held: { fold }, ended, failed };
        this.#runs.add(run);
        if (this.#isOver) void this.#pause(run);
        else this.#many.add(run, Number.NEGATIVE_INFINITY);
      });
      return { state, version };
    } finally {
      kept.close();
    }
  }

  async #visit(run: Run): Promise<number | null> {
    const { ports, options } = run;
    const fold = this.#foldOf(run);
    run.held = { fold };
    try {
      const { state, dueMs } = await visitRun(fold, ports, options);
      if (dueMs !== null) {
        const waitMs = dueMs - ports.clock.read().monotonicMs;
        if (waitMs > PACKED_FROM_MS) run.held = { packed: packRun(state, this.#scratch) };
        return dueMs;
      }
      if (state.finished === null && state.paused === null) return null;
      this.#runs.delete(run);
      run.ended(state);
    } catch (error) {
      this.#runs.delete(run);
      run.failed(error);
    }
    return null;
  }

  async #pause(run: Run): Promise<void> {
    this.#runs.delete(run);
    try {
      run.ended(await pauseRunFold(this.#foldOf(run), run.ports, run.options, 'interrupted'));
    } catch (error) {
      run.failed(error);
    }
  }

  #foldOf({ held }: Run): RunFold {
    return 'fold' in held ? held.fold : unpackRun(held.packed, this.#scratch);
  }
}
