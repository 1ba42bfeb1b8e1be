import { expect } from 'chai';
import { unknownCommand } from '../../../../src/cli/oclif/unknown-command.js';
import { EXIT } from '../../../../src/model/exit-codes.js';

const COMMANDS = ['probe', 'mx', 'report', 'runs show'];

describe('unknownCommand', () => {
  it('names the command that was meant', () => {
    const error = unknownCommand('prbe', COMMANDS);

    expect(error.exit).to.equal(EXIT.usage);
    expect(error.message).to.equal("'prbe' is not a command of greyprobe. Did you mean 'probe'?");
  });

  it('prefers names of as many words', () => {
    expect(unknownCommand('runs shwo', COMMANDS).message).to.contain("Did you mean 'runs show'?");
  });

  it('guesses nothing where nothing is near', () => {
    expect(unknownCommand('quarantine-list', COMMANDS).message).to.equal(
      "'quarantine-list' is not a command of greyprobe.",
    );
  });

  it('shows control characters rather than printing them', () => {
    expect(unknownCommand('a\u001b[31m', COMMANDS).message).not.to.contain('\u001b');
  });
});
