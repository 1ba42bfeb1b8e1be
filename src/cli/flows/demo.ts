import type { ProbeResult } from '../../contract/probe-result.js';
import type { ExitCode } from '../../model/exit-codes.js';
import { commandLines } from '../../report/text/sandbox-text.js';
import { renderText } from '../../report/text/text.js';
import { wrapText } from '../../report/text/wrap.js';
import { runDemo } from '../../tasks/demo.js';
import { terminalStyle } from '../terminal/terminal-style.js';
import { watched } from '../terminal/watched.js';

/** Where a demo says what it does. */
export interface DemoContext {
  readonly json: boolean;
  readonly version: string;
  readonly say: (line: string) => void;
}

/** `greyprobe demo`: says what it does, does it, and shows what came of it. */
export async function demoFromCommandLine(
  delay: string,
  { json, version, say }: DemoContext,
): Promise<{ readonly result: ProbeResult; readonly exit: ExitCode }> {
  const { columns } = terminalStyle;
  const says = `A mail host that greylists for ${delay} runs on this machine. Probing it with:`;
  const onStart = (command: readonly string[]) => {
    for (const line of [...wrapText(says, columns), '', ...commandLines(command, columns), '']) {
      say(line);
    }
  };
  const { result, exit } = await watched({ quiet: json }, (watcher) =>
    runDemo(delay, { ...watcher, version, onStart }),
  );
  if (!json) say(renderText(result, terminalStyle));
  return { result, exit };
}
