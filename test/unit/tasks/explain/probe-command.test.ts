import { expect } from 'chai';
import fc from 'fast-check';
import { type Finding, finding } from '../../../../src/mail/finding.js';
import { probeCommand } from '../../../../src/tasks/explain/probe-command.js';

function command(known: Partial<Finding>): string | null {
  return probeCommand(finding({ source: 'reply', ...known }));
}

describe('probeCommand', () => {
  it('names recipient, host and a fresh sender of the same domain', () => {
    expect(
      command({
        recipient: 'user@example.org',
        remoteHost: 'mx.example.org',
        remoteAddress: '192.0.2.1',
        sender: 'alice@sender.example',
      }),
    ).to.equal(
      'greyprobe probe user@example.org --host mx.example.org --from "{nonce}@sender.example"',
    );
  });

  it('takes the address where no name is known', () => {
    expect(command({ recipient: 'user@example.org', remoteAddress: '192.0.2.1' })).to.equal(
      'greyprobe probe user@example.org --host 192.0.2.1',
    );
  });

  it('probes the server that wrote the log where that one refused', () => {
    const refusedHere = {
      direction: 'incoming',
      recipient: 'user@example.org',
      remoteHost: 'client.sender.example',
      sender: 'stranger@sender.example',
    } as const;
    expect(command({ ...refusedHere, reportingHost: 'mx.example.org' })).to.equal(
      'greyprobe probe user@example.org --host mx.example.org',
    );
    expect(command({ ...refusedHere, reportingHost: 'mail' })).to.equal(
      'greyprobe probe user@example.org',
    );
  });

  it('gives none without a usable recipient, and none for a refusal for good', () => {
    expect(command({})).to.equal(null);
    expect(command({ recipient: '-rf@example.org' })).to.equal(null);
    expect(command({ recipient: 'user@ex..ample' })).to.equal(null);
    const reply = { code: 550, enhanced: null, text: ['no'] };
    expect(command({ recipient: 'u@example.org', reply, fate: 'rejected' })).to.equal(null);
  });

  it('gives none for an address that some shell would not take as one word', () => {
    // PowerShell ends a string at these quotation marks as well.
    expect(command({ recipient: 'a\u201d|calc|\u201cb@example.org' })).to.equal(null);
    expect(command({ recipient: 'a\u2019b@example.org' })).to.equal(null);
    // cmd knows no single quotes.
    expect(command({ recipient: 'a%b&calc@example.org' })).to.equal(null);
    expect(command({ recipient: 'a&b@example.org' })).to.equal('greyprobe probe "a&b@example.org"');
    expect(command({ recipient: 'a$b@example.org' })).to.equal("greyprobe probe 'a$b@example.org'");
  });

  it('gives none for a refusal for good of which nothing more is known', () => {
    const reply = { code: 550, enhanced: null, text: ['no'] };
    expect(command({ recipient: 'u@example.org', reply })).to.equal(null);
    expect(command({ recipient: 'u@example.org', reply, fate: 'deferred' })).to.not.equal(null);
  });

  it('never lets a word of a stranger out of its quotes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }), (local) => {
        const shown = command({ recipient: `${local}@example.org` });
        if (shown === null) return;
        const word = shown.slice('greyprobe probe '.length);
        const bare = /^[\w.@:+=/-]+$/.test(word);
        const double = /^"[^"$`\\!%]*"$/.test(word);
        const single = /^'[^']*'$/.test(word);
        expect(bare || double || single, shown).to.equal(true);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
        expect(shown).to.not.match(/[\u0000-\u001f\u2018-\u201f]/);
      }),
    );
  });
});
