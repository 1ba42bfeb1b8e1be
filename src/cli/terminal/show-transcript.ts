import type { Transcript } from '../../model/ports/dialer.js';
import { escapeControl } from '../../model/values/escape.js';
import { writeNote } from './output-streams.js';

const MARKS = { sent: '>', received: '<', note: '*' } as const;

/** For `--verbose`: each line of the conversation on stderr. */
export const showTranscript: Transcript = ({ direction, text }) => {
  writeNote(`${MARKS[direction]} ${escapeControl(text)}`);
};
