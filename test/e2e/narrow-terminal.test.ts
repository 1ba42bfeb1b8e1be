import { expect } from 'chai';
import { columnsOf } from '../../src/report/text/wrap.js';
import { hasPseudoTerminals, onTerminal } from './support/pseudo-terminal.js';

const COLUMNS = 40;

/** Commands that need no network, and show nothing that is there to be copied. */
const SHOWN = [
  ['recommend', '--opens-by', '20s'],
  ['simulate', '--window', '5m..2h'],
  ['simulate', '--server', 'postgrey', '--delay', '300s', '--details'],
  ['explain', '--catalogue'],
  ['explain', '--id', 'postgrey'],
  ['explain', '450 4.2.0 <user@example.org>: Recipient address rejected: Greylisted'],
  ['probe', 'user@example.org', '--from', '{nonce}@sender.example', '--dry-run'],
  ['sandbox', '--port', '0', '--dns-port', '0', '--address', '127.0.23.1', '--for', '1s'],
] as const;

describe('reports on a terminal of 40 columns', () => {
  before(function () {
    if (!hasPseudoTerminals()) this.skip();
  });

  for (const words of SHOWN) {
    it(`break no line: ${words.join(' ')}`, async () => {
      const { code, text, problem } = await onTerminal(words, {}, [], COLUMNS);
      expect([code, problem], text).to.deep.equal([0, '']);
      const lines = text.split('\n');
      expect(lines.length).to.be.greaterThan(8);
      for (const line of lines) expect(columnsOf(line), line).to.be.at.most(COLUMNS);
    });
  }
});
