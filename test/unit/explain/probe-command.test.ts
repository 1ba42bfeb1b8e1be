import { expect } from 'chai';
import fc from 'fast-check';
import { type Finding, finding } from '../../../src/explain/finding.js';
import { probeCommand } from '../../../src/explain/probe-command.js';

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

  it('never lets a word of a stranger out of its quotes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), (local) => {
        const shown = command({ recipient: `${local}@example.org` });
        if (shown === null) return;
        const word = shown.slice('greyprobe probe '.length);
        const bare = /^[\w.@:+=/-]+$/.test(word);
        const double = /^"[^"$`\\!%]*"$/.test(word);
        const single = /^'[^']*'$/.test(word);
        expect(bare || double || single, shown).to.equal(true);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
        expect(shown).to.not.match(/[\u0000-\u001f]/);
      }),
    );
  });
});
