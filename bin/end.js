/**
 * Ends the process before greyprobe itself has begun: in one sentence and what to do, or as the same
 * data where `--json` is among the words. Parses on Node.js 12, and imports nothing.
 */
export function end(words, exitCode, code, message, suggestion) {
  if (words.includes('--json')) {
    const told = { error: { code, message, suggestions: [suggestion] } };
    process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
  } else {
    process.stderr.write(`Error: ${message}\n  ${suggestion}\n`);
  }
  process.exit(exitCode);
}
