import type { ProbeResult } from '../../contract/probe-result.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { shellWord } from '../../model/values/shell-word.js';
import { renderResult } from '../../report/text/probe-text.js';
import { commandLines } from '../../report/text/sandbox-text.js';
import { wrapText } from '../../report/text/wrap.js';
import type { View } from '../../report/view.js';
import { runDemo } from '../../tasks/demo.js';
import { madeAgain } from '../../tasks/runs/again.js';
import { terminalStyle } from '../terminal/terminal-style.js';
import { watched } from '../terminal/watched.js';

/** Where a demo says what it does. */
export interface DemoContext {
  readonly json: boolean;
  readonly depth: View['depth'];
  readonly version: string;
  readonly say: (line: string) => void;
}

/** `greyprobe demo`: says what it does, does it, and shows what came of it. */
export async function demoFromCommandLine(
  delay: string,
  { json, depth, version, say }: DemoContext,
): Promise<{ readonly result: ProbeResult; readonly exit: ExitCode }> {
  const { columns } = terminalStyle;
  const says = `A mail host that greylists for ${delay} runs on this machine. Probing it with:`;
  const onStart = (command: readonly string[]) => {
    if (json || depth === 'verdict') return;
    for (const line of [...wrapText(says, columns), '', ...commandLines(command, columns), '']) {
      say(line);
    }
  };
  const { result, exit } = await watched({ quiet: json || depth === 'verdict' }, (watcher) =>
    runDemo(delay, { ...watcher, version, onStart }),
  );
  const again = madeAgain(['demo', '--delay', shellWord(delay), '--details']);
  if (!json) say(renderResult(result, terminalStyle, { depth, again }));
  return { result, exit };
}
