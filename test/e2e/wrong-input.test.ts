import { expect } from 'chai';
import * as v from 'valibot';
import { ErrorResultSchema } from '../../src/contract/error-result.js';
import { type Finished, greyprobe } from '../support/cli.js';
import { parsedJson } from './support/schemas.js';

const PROBE = ['probe', 'user@example.org', '--from', 'me@sender.example'];

interface Case {
  readonly what: string;
  readonly words: readonly string[];
  readonly code: string;
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  {
    what: 'an address without an at sign',
    words: ['probe', 'user.example.org', '--from', 'me@sender.example'],
    code: 'recipient-is-domain',
    says: /'user\.example\.org' names a domain/u,
  },
  {
    what: 'a URL for a recipient',
    words: ['probe', 'https://example.org/contact', '--from', 'me@sender.example'],
    code: 'recipient-is-domain',
    says: /names a domain, and a probe needs a recipient there/u,
  },
  {
    what: 'sender and recipient the wrong way round',
    words: ['probe', '{nonce}@sender.example', '--from', 'user@example.org'],
    code: 'recipient-is-sender',
    says: /is a template of senders, not a recipient/u,
  },
  {
    what: 'typographic quotes around the sender',
    words: ['probe', 'user@example.org', '--from', '‘{nonce}@client.test’'],
    code: 'typographic-mark',
    says: /holds a typographic quotation mark \(‘\)/u,
  },
  {
    what: 'typographic quotes around the HELO name',
    words: [...PROBE, '--helo', '“mail.sender.example”'],
    code: 'typographic-mark',
    says: /--helo: .* holds a typographic quotation mark \(“\)/u,
  },
  {
    what: 'a typographic dash in ages',
    words: [...PROBE, '--retry-at', '5m–10m'],
    code: 'typographic-mark',
    says: /--retry-at: .* holds a typographic dash \(–\)/u,
  },
  {
    what: 'a typographic dash before a flag',
    words: ['probe', 'user@example.org', '–from', 'me@sender.example'],
    code: 'usage',
    says: /–from begins with a typographic dash: write --from\./u,
  },
  {
    what: 'a sender of mail that there is not',
    words: [...PROBE, '--dry-run', '--for', 'exchagne'],
    code: 'unknown-sender',
    says: /--for: "exchagne" is not a sender that greyprobe knows/u,
  },
  {
    what: 'a window and a result',
    words: ['simulate', '--window', '5m..4h', '--result', 'last'],
    code: 'usage',
    says: /--result/u,
  },
  {
    what: 'a history that there is not',
    words: ['history', 'nobody@example.org'],
    code: 'no-runs',
    says: /No finished run of nobody@example\.org is kept/u,
  },
  {
    what: 'a CR in the recipient',
    words: ['probe', 'user\r@example.org', '--from', 'me@sender.example'],
    code: 'bad-address',
    says: /line break/u,
  },
  {
    what: 'a LF in the sender',
    words: ['probe', 'user@example.org', '--from', 'me@sender.example\nRCPT TO:<x@y.example>'],
    code: 'bad-address',
    says: /line break/u,
  },
  {
    what: 'a duration without a unit',
    words: [...PROBE, '--retry-at', '300'],
    code: 'bad-duration',
    says: /"300" has no unit: write 300s or 5m/u,
  },
  {
    what: 'an unknown flag',
    words: [...PROBE, '--retyr-at', '5s'],
    code: 'usage',
    says: /no flag --retyr-at here\. Did you mean --retry-at\?/u,
  },
  {
    what: 'a flag of the program that it does not have',
    words: ['--versoin'],
    code: 'unknown-flag',
    says: /--versoin is not a flag of greyprobe itself/u,
  },
  {
    what: 'a template with another word than {nonce}',
    words: ['probe', 'user@example.org', '--from', 'probe-{nonse}@sender.example'],
    code: 'bad-sender',
    says: /braces that are not those of \{nonce\}/u,
  },
  {
    what: 'a second recipient that nothing would try',
    words: [...PROBE, '--other-recipient', 'other@example.org'],
    code: 'other-recipient-without-key',
    says: /--other-recipient is tried by --key only/u,
  },
  {
    what: 'an unknown command',
    words: ['prboe', '--version-of-it'],
    code: 'unknown-command',
    says: /'prboe' is not a command of greyprobe\. Did you mean 'probe'\?/u,
  },
  {
    what: 'an unknown command of a topic',
    words: ['runs', 'shwo'],
    code: 'unknown-command',
    says: /Did you mean 'runs show'\?/u,
  },
  {
    what: 'no recipient',
    words: ['probe', '--from', 'me@sender.example'],
    code: 'missing-recipient',
    says: /No recipient given/u,
  },
  {
    what: 'no sender',
    words: ['probe', 'user@example.org'],
    code: 'missing-sender',
    says: /No envelope sender given/u,
  },
  {
    what: 'a port out of range',
    words: [...PROBE, '--port', '70000'],
    code: 'usage',
    says: /--port.*65535.*70000/u,
  },
  {
    what: 'a port that is no number',
    words: [...PROBE, '--port', 'x'],
    code: 'usage',
    says: /--port/u,
  },
  {
    what: 'a HELO name with a space',
    words: [...PROBE, '--helo', 'a name'],
    code: 'bad-helo',
    says: /HELO name/u,
  },
  {
    what: 'a source that is no address',
    words: [...PROBE, '--source-ip', '300.1.1.1'],
    code: 'bad-source-ip',
    says: /'300\.1\.1\.1' is not an IP address/u,
  },
  {
    what: 'a resolver that is none',
    words: ['mx', 'example.org', '--resolver', 'a b'],
    code: 'bad-resolver',
    says: /resolver/u,
  },
  {
    what: 'messages that nobody allowed',
    words: [...PROBE, '--stage', 'message'],
    code: 'deliver-not-given',
    says: /--deliver was not given/u,
  },
  {
    what: 'a model that there is not',
    words: ['simulate', '--server', 'postgrye'],
    code: 'unknown-model',
    says: /postgrye/u,
  },
  {
    what: 'a run that there is not',
    words: ['report', 'zzzz'],
    code: 'unknown-run',
    says: /no run "zzzz"/u,
  },
  {
    what: 'a sandbox for strangers',
    words: ['sandbox', '--address', '192.0.2.1'],
    code: 'not-loopback',
    says: /loopback/u,
  },
];

describe('wrong input', () => {
  const told = new Map<Case, { readonly people: Finished; readonly script: Finished }>();

  before(async () => {
    const waiting = [...CASES];
    const worker = async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const [people, script] = [
          await greyprobe(one.words),
          await greyprobe([...one.words, '--json']),
        ];
        told.set(one, { people, script });
      }
    };
    await Promise.all([worker(), worker(), worker()]);
  });

  for (const one of CASES) {
    it(`is told in a sentence: ${one.what}`, () => {
      const { people, script } = told.get(one) ?? expect.fail('was not run');

      expect(people.code).to.equal(2);
      expect(people.stdout).to.equal('');
      expect(people.stderr).to.match(one.says);
      expect(people.stderr).to.match(/^Error: [^\n]*[.?]\n(?: {2}\S[^\n]*\n)*$/u);
      expect(people.stderr).not.to.match(/^\s*at /mu);

      expect(script.code).to.equal(2);
      expect(script.stderr).to.equal('');
      const { error } = v.parse(ErrorResultSchema, parsedJson('error.v1', script.stdout));
      expect(error.message).to.match(one.says);
      expect(error.code).to.equal(one.code);
      expect(people.stderr).to.contain(`Error: ${error.message}\n`);
    });
  }
});
