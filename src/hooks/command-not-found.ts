import type { Hook } from '@oclif/core';
import { unknownCommand } from '../cli/oclif/unknown-command.js';
import { describeProblem, showProblem } from '../cli/terminal/problem.js';

/** Tells of an unknown command as every command tells of wrong usage. */
const commandNotFound: Hook<'command_not_found'> = async ({ id, argv = [], config }) => {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const problem = describeProblem(unknownCommand(spaced(id), config.commandIDs.map(spaced)));
  process.exitCode = problem.exit;
  showProblem(problem, words.includes('--json'));
};

/** oclif joins the words of a command with colons. */
function spaced(id: string): string {
  return id.replaceAll(':', ' ');
}

export default commandNotFound;
