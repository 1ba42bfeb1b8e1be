import * as v from 'valibot';
import { type SegmentLine, type SurveyEvent, SurveyEventSchema } from '../../core/survey/events.js';
import { damaged } from './damage.js';
import type { JournalHeader } from './header.js';
import { EventInterner } from './interning.js';
import { headerOf, type IntactLine, intactLines, RunReader, readableLines } from './reader.js';

/*
 * One file for the events of many runs: the header of a journal, then lines as in the journal of one
 * run, each inside the name of its run, and between them the events of the survey.
 *
 *   {"run":"20261130T151200-qzkw","event":{"type":"session-started",...}}
 */

/** What a segment says, read as it is asked for, once. */
export interface SegmentStream extends Iterable<SegmentLine> {
  readonly header: JournalHeader;
}

const RunLineSchema = v.object({ run: v.string(), event: v.unknown() });
const GOES_ON = ['survey-resumed'];

/** Reads the header at once, the lines while they are iterated over. Throws as `readJournal`. */
export function streamSegment(path: string): SegmentStream {
  const lines = readableLines(path);
  const header = headerOf(lines, path);
  return { header, [Symbol.iterator]: () => segmentLines(lines, path) };
}

function* segmentLines(
  lines: ReturnType<typeof readableLines>,
  path: string,
): Generator<SegmentLine> {
  const runs = new Map<string, RunReader>();
  // Hosts of one operator say the same.
  const interner = new EventInterner();
  for (const line of intactLines(lines, path, GOES_ON, () => {})) {
    const ofRun = v.safeParse(RunLineSchema, line.value);
    if (!ofRun.success) {
      yield surveyEvent(line, path);
      continue;
    }
    const { run, event: value } = ofRun.output;
    const reader = runs.get(run) ?? new RunReader(path, interner);
    runs.set(run, reader);
    const event = reader.eventOf({ number: line.number, value });
    if (event.type === 'run-finished') runs.delete(run);
    yield { run, event };
  }
}

function surveyEvent({ number, value }: IntactLine, path: string): SurveyEvent {
  const parsed = v.safeParse(SurveyEventSchema, value);
  if (!parsed.success) throw damaged(path, number, 'it is no event of a survey');
  return parsed.output;
}
