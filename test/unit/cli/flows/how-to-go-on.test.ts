import { expect } from 'chai';
import { notesOf, notesOfSeveral } from '../../../../src/cli/flows/how-to-go-on.js';
import type { RunState } from '../../../../src/core/run/state.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { EXIT } from '../../../../src/model/exit-codes.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import { outcomeOf } from '../../../../src/tasks/probe/run-probe.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';

const PLAINLY = { stateDir: null, resolver: null, noWait: false };
const READER = { columns: 80, nowWallMs: 0 };
const BEHAVIOUR = greylists({ ...PLAIN_POLICY, delaySeconds: 300 });

describe('what a command makes of a run that is kept', () => {
  let paused: RunState;
  let finished: RunState;

  before(async () => {
    paused = (await virtualRun(BEHAVIOUR, {}, { options: { noWait: true } })).state;
    finished = (await virtualRun(BEHAVIOUR)).state;
  });

  const outcome = (state: RunState, driving = {}, failure: GreyprobeError | null = null) => {
    const came = outcomeOf({ state, version: '1.2.3', failure });
    return { ...came, notes: notesOf(came, { ...PLAINLY, ...driving }, READER) };
  };

  it('has nothing to add to a run that finished', () => {
    expect(outcome(finished)).to.deep.include({ exit: EXIT.ok, notes: [] });
  });

  it('tells the command that goes on as the run was driven until now', () => {
    const { exit, notes } = outcome(paused, {
      noWait: true,
      stateDir: "/var/lib/it's here",
      resolver: '192.0.2.53:5353',
    });
    expect(exit).to.equal(EXIT.notYet);
    expect(notes.at(-1)).to.equal(
      "  greyprobe resume run --no-wait --state-dir '/var/lib/it'\\''s here'",
    );
    expect(outcome(paused).notes.at(-1)).to.equal('  greyprobe resume run');
  });

  it('tells why a run could not be kept, and how to go on once that is mended', () => {
    const failure = new GreyprobeError('journal-write-failed', 'The disk is full.', {
      exit: EXIT.fault,
      suggestions: ['Make room.'],
    });
    const { exit, notes, result } = outcome(paused, { stateDir: 'state' }, failure);
    expect(exit).to.equal(EXIT.fault);
    expect(notes).to.deep.equal([
      'Error: The disk is full.',
      '  Make room.',
      '  greyprobe resume run --state-dir state',
    ]);
    expect(result.warnings.at(-1)?.code).to.equal('journal-write-failed');
  });

  it('does not tell to resume a run that another process drives now', () => {
    const failure = new GreyprobeError('run-lock-lost', 'It was taken over.');
    expect(outcome(paused, {}, failure).notes).to.deep.equal(['Error: It was taken over.']);
  });

  it('tells of several runs those that have not finished', () => {
    const results = [finished, paused].map((state) => outcome(state).result);
    expect(notesOfSeveral(results.slice(0, 1), [], PLAINLY, READER)).to.deep.equal([]);
    expect(notesOfSeveral(results, [], PLAINLY, READER).slice(1)).to.deep.equal([
      '  greyprobe resume run',
    ]);
  });
});
