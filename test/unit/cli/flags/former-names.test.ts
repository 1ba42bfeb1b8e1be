import { type Command, Parser } from '@oclif/core';
import { expect } from 'chai';
import Check from '../../../../src/commands/check.js';
import Explain from '../../../../src/commands/explain.js';
import Probe from '../../../../src/commands/probe.js';
import Sandbox from '../../../../src/commands/sandbox.js';
import Simulate from '../../../../src/commands/simulate.js';

/** A flag as it was called once, and as it is called now. */
const FORMER: readonly (readonly [
  command: Command.Class,
  was: string,
  is: string,
  value: string,
])[] = [
  [Probe, 'window', 'closing-at', '2h,4h'],
  [Check, 'expect-opens-by', 'expect-opens-no-later-than', '5m'],
  [Check, 'expect-opens-after', 'expect-opens-no-earlier-than', '1m'],
  [Check, 'expect-closes-after', 'expect-closes-no-earlier-than', '4h'],
  [Check, 'expect-confidence', 'expect-confidence-at-least', 'likely'],
  [Check, 'expect-lands', 'expect-lands-within', 'postfix=20m'],
  [Check, 'expect-tls', 'expect-tls-offered', ''],
  [Check, 'expect-reachable', 'expect-no-host-unreachable', ''],
  [Check, 'expect-shared-state', 'expect-hosts-share-state', ''],
  [Simulate, 'sender', 'for', 'postfix'],
  [Sandbox, 'window', 'closes-after', '4h'],
  [Explain, 'format', 'input-format', 'log'],
];

describe('flags by the names that they had', () => {
  for (const [command, was, is, value] of FORMER) {
    it(`${command.name}: --${was} is --${is}`, async () => {
      const words = [`--${was}`, ...(value === '' ? [] : [value])];
      const { flags } = await Parser.parse(words, { flags: command.flags, strict: false });
      expect([flags[is]].flat()).to.deep.equal([value === '' ? true : value]);
    });
  }
});
