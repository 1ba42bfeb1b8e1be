import { expect } from 'chai';
import {
  type CatalogueEntry,
  catalogueEntry,
  loadCatalogue,
} from '../../src/core/greylist/catalogue/index.js';
import type { Reply } from '../../src/model/smtp.js';
import { greylists } from '../../src/sandbox/behaviours.js';
import type { GreylistQuery } from '../../src/sandbox/greylister-policy.js';
import { ask } from '../../src/sandbox/mail-host-behaviour.js';
import { MODELS, modelById } from '../../src/sandbox/models/index.js';

const START_MS = Date.UTC(2026, 0, 5, 8, 0, 0);
const HOUR = 3_600;
const DAY = 86_400;
const STAGES = ['connect', 'mail', 'rcpt', 'data', 'message'] as const;
const MESSAGE = { messageId: '<probe@sender.example>', body: 'Subject: probe\r\n\r\n' };

type Changes = Partial<
  Pick<GreylistQuery, 'client' | 'helo' | 'sender' | 'recipient' | 'host' | 'session' | 'messageId'>
> & { readonly upTo?: (typeof STAGES)[number] };

/** A host of this model; each try is one whole transaction at so many seconds after the first. */
function hostOf(id: string) {
  const { policy, dialogue } = modelById(id);
  const behaviour = greylists(policy, dialogue);
  let session = 0;

  function refusal(seconds: number, changes: Changes = {}): Reply | null {
    const { upTo = 'message', ...parts } = changes;
    session += 1;
    const query = {
      host: 'mx.grey.example',
      client: '192.0.2.25',
      helo: 'client.example',
      sender: 'probe@sender.example',
      recipient: 'user@grey.example',
      session,
      atMs: START_MS + seconds * 1000,
      ...MESSAGE,
      ...parts,
    };
    for (const stage of STAGES.slice(0, STAGES.indexOf(upTo) + 1)) {
      const answer = ask(behaviour, { ...query, stage });
      if (answer !== null) {
        if (typeof answer === 'string') throw new Error(`${stage}: ${answer}`);
        return answer;
      }
    }
    return null;
  }
  return {
    refusal,
    passes: (seconds: number, changes?: Changes) => refusal(seconds, changes) === null,
  };
}

/** The catalogue's entry of a model, also of a variant of one. */
function entryOf(id: string): CatalogueEntry {
  const entry = catalogueEntry(id) ?? catalogueEntry(VARIANTS[id] ?? '');
  if (entry === null) throw new Error(`${id} is neither in the catalogue nor a known variant`);
  return entry;
}

/** Variants, which differ from their entry in what their names say. */
const VARIANTS: Readonly<Record<string, string>> = {
  'postgrey-mail-in-a-box': 'postgrey',
  'exim-seen-wiki': 'exim-seen',
  'plesk-penalties': 'plesk',
};

/** Greylisters of the catalogue that cannot be modelled, and why. */
const NOT_MODELLED: Readonly<Record<string, string>> = {
  'clearswift-gfi-ftgate-comodo': 'four products of which only the names of settings are known',
  'courier-pythonfilter': 'it says what milter-greylist says, whose model answers for it',
  spfbl: 'only its reply is known',
  'spam-mail-blocker': 'only its reply is known',
  'sophos-utm': 'nothing about it was verified',
  'retry-tag-draft': 'a proposal for a reply, not a greylister',
};

describe('models', () => {
  it('cover every greylister of the catalogue, or say why not', () => {
    const known = loadCatalogue()
      .filter(({ kind }) => kind === 'greylister')
      .map(({ id }) => id);
    const covered = [...Object.keys(MODELS), ...Object.keys(NOT_MODELLED)];
    const expected = [...known, ...Object.keys(VARIANTS)];
    expect(expected.filter((id) => !covered.includes(id))).to.deep.equal([], 'without a model');
    expect(covered).to.have.members(expected);
  });

  for (const [id, model] of Object.entries(MODELS)) {
    describe(id, () => {
      const { policy } = model;

      it('has the times of the catalogue, and names those that it assumes', () => {
        const entry = entryOf(id);
        if (VARIANTS[id] === undefined) {
          const { delaySeconds, windowSeconds, whitelistSeconds } = entry;
          if (delaySeconds !== null) expect(policy.delaySeconds).equal(delaySeconds);
          if (windowSeconds !== null) expect(policy.windowSeconds).equal(windowSeconds);
          if (whitelistSeconds !== null) expect(policy.whitelistSeconds).equal(whitelistSeconds);
        }
        if (entry.delaySeconds === null) expect(model.assumed).not.empty;
      });

      it('opens with its passes no more than the catalogue says', () => {
        const { scope, afterPasses, secondsBetweenPasses = 0 } = policy.autoWhitelist;
        const own = scope === 'none' ? [] : [[afterPasses, secondsBetweenPasses]];
        const known = entryOf(id).autoWhitelist;
        if (known === null || VARIANTS[id] !== undefined) return;
        const shipped = known.filter((one) => one.shipped && one.afterPasses !== null);
        expect(shipped.map((one) => [one.afterPasses, one.apartSeconds])).to.deep.include.members(
          own,
        );
      });

      it('says what the catalogue knows it by', () => {
        const signatures = entryOf(id).signatures.filter(
          (signature) => signature.textPattern !== '',
        );
        if (model.assumed.some((text) => text.startsWith('text and'))) return;
        const reply = hostOf(id).refusal(0);
        const text = reply?.text.join(' ') ?? '';
        const known = signatures.some(
          ({ code, textPattern }) =>
            new RegExp(`^${code.replaceAll('x', '\\d')}$`).test(String(reply?.code)) &&
            new RegExp(textPattern, 'iu').test(text),
        );
        expect(known, `${reply?.code} ${text}`).equal(true);
        expect(text).not.match(/[{}]/);
      });

      it('defers a fresh tuple, and still just before the delay', () => {
        expect(hostOf(id).passes(0)).equal(false);
        if (policy.delaySeconds === 0) return;
        const { passes } = hostOf(id);
        passes(0);
        expect(passes(policy.delaySeconds - 1)).equal(false);
      });

      it('lets a tuple pass that waited and was tried as often as it takes', () => {
        const { passes } = hostOf(id);
        passes(0);
        const late = policy.delaySeconds + 1;
        for (let n = 0; n < policy.lateTriesNeeded; n += 1) {
          expect(passes(late)).equal(false);
        }
        expect(passes(late + policy.scanIntervalSeconds)).equal(true);
      });

      it('defers another tuple at that moment, unless what differs is not in its key', () => {
        const { passes } = hostOf(id);
        passes(0);
        const fresh = { sender: 'qzkwtrhm@sender.example', messageId: '<other@sender.example>' };
        const keyed = policy.key.some((part) => part === 'sender' || part === 'sender-domain');
        expect(passes(policy.delaySeconds + 1, fresh)).equal(!keyed);
      });
    });
  }
});

describe('what is particular about', () => {
  it('Postgrey: digits, neighbours, and no hurry with the client', () => {
    const { passes } = hostOf('postgrey');
    passes(0, { sender: 'probe-1@sender.example' });
    expect(passes(301, { sender: 'probe-22@sender.example', client: '192.0.2.99' })).equal(true);
    expect(passes(302, { sender: 'qzkwtrhm@sender.example' })).equal(false);
    expect(passes(303, { recipient: 'postmaster@grey.example' })).equal(true);
    const late = hostOf('postgrey');
    late.passes(0);
    expect(late.passes(2 * DAY + 1)).equal(false);
  });

  it('Mail-in-a-Box: three minutes', () => {
    const { passes } = hostOf('postgrey-mail-in-a-box');
    passes(0);
    expect(passes(181)).equal(true);
  });

  it('SQLgrey: a constant number, and the sender is known after one pass', () => {
    const { refusal, passes } = hostOf('sqlgrey');
    expect(refusal(0)?.text[0]).match(/Greylisted for 5 minutes$/);
    expect(refusal(240)?.text[0]).match(/Greylisted for 5 minutes$/);
    passes(301);
    expect(passes(302, { recipient: 'other@grey.example' })).equal(true);
    expect(passes(302, { sender: 'qzkwtrhm@sender.example' })).equal(false);
  });

  it('milter-greylist: the number goes down', () => {
    const { refusal } = hostOf('milter-greylist');
    expect(refusal(0)?.text[0]).match(/00:30:00$/);
    expect(refusal(100)?.text[0]).match(/00:28:20$/);
  });

  it('rspamd: blind at RCPT, and a network of /19', () => {
    const { passes } = hostOf('rspamd');
    expect(passes(0, { upTo: 'data' })).equal(true);
    expect(passes(0)).equal(false);
    expect(passes(301, { client: '192.0.31.1' })).equal(true);
    expect(passes(301, { client: '192.0.32.1' })).equal(false);
  });

  it('OpenBSD spamd: friendly at RCPT, two late tries, then open for the client', () => {
    const { passes } = hostOf('openbsd-spamd');
    expect(passes(0, { upTo: 'rcpt' })).equal(true);
    passes(0);
    expect(passes(1501)).equal(false);
    expect(passes(1502)).equal(false);
    const fresh = { sender: 'qzkwtrhm@sender.example', recipient: 'other@grey.example' };
    expect(passes(1561, fresh)).equal(true);
    expect(passes(1561)).equal(true);
    const { dialogue } = modelById('openbsd-spamd');
    expect(dialogue.banner?.text[0]).match(/spamd IP-based SPAM blocker/);
    expect(dialogue.greeting?.text).length(1);
    const late = hostOf('openbsd-spamd');
    late.passes(0);
    expect(late.passes(4 * HOUR + 1)).equal(false);
    expect(late.passes(4 * HOUR + 1000)).equal(false, 'the wait began anew');
    expect(late.passes(4 * HOUR + 1100)).equal(false, 'hence no scan had anything to open');
  });

  it('greylistd: early tries keep the entry alive', () => {
    for (const [between, passed] of [
      [[], false],
      [[500], true],
    ] as const) {
      const { passes } = hostOf('greylistd');
      passes(0);
      for (const age of between) passes(age);
      expect(passes(8 * HOUR + 300)).equal(passed);
    }
  });

  it('Exim, recipe of the manual: any sender', () => {
    const { passes } = hostOf('exim-seen');
    passes(0);
    expect(passes(301, { sender: 'qzkwtrhm@sender.example' })).equal(true);
  });

  for (const id of ['exim-seen-wiki', 'opensmtpd-spfgreylist']) {
    it(`${id}: polling never passes`, () => {
      const { passes } = hostOf(id);
      for (let age = 0; age < 2 * HOUR; age += 240) expect(passes(age)).equal(false);
      expect(passes(2 * HOUR + 400)).equal(true);
    });
  }

  it('Exim SimpleGreylisting: the Message-ID must stay, and then the client is known', () => {
    const { refusal, passes } = hostOf('exim-simple');
    passes(0);
    expect(passes(301, { messageId: '<new@sender.example>' })).equal(false);
    const other = hostOf('exim-simple');
    expect(other.refusal(0)?.text.join(' ')).match(/greylisted for 5 minutes/);
    expect(refusal(60, { messageId: '<new@sender.example>', sender: 'x@y.example' })).not.equal(
      null,
    );
    expect(other.refusal(88)?.text[1]).match(/wait another 212 seconds/);
    expect(other.passes(300)).equal(true);
    expect(other.passes(301, { sender: 'new@y.example', messageId: '<1@y.example>' })).equal(true);
  });

  it('mtpolicyd: seconds left from the second try on, and two hours at most', () => {
    const { refusal, passes } = hostOf('mtpolicyd');
    expect(refusal(0)?.text[0]).match(/is active$/);
    expect(refusal(177)?.text[0]).match(/\(123s left\)$/);
    expect(passes(2 * HOUR + 1)).equal(false);
  });

  it('iRedAPD: one pass, and the client is known', () => {
    const { passes } = hostOf('iredapd');
    passes(0, { sender: 'probe+a@sender.example' });
    expect(passes(901, { sender: 'probe+b@sender.example' })).equal(true);
    expect(passes(902, { sender: 'new@other.example', recipient: 'z@grey.example' })).equal(true);
  });

  it('Proxmox Mail Gateway: digits, and no automatic whitelist', () => {
    const { passes } = hostOf('proxmox-mail-gateway');
    passes(0, { sender: 'probe-1@sender.example' });
    expect(passes(181, { sender: 'probe-2@sender.example' })).equal(true);
    for (let n = 1; n < 10; n += 1) passes(181 + n * HOUR, { sender: 'probe-1@sender.example' });
    expect(passes(DAY, { sender: 'qzkwtrhm@sender.example' })).equal(false);
  });

  it('postscreen: all recipients of a session wait for the next', () => {
    const { passes } = hostOf('postscreen');
    expect(passes(0, { session: 1 })).equal(false);
    expect(passes(1, { session: 1, recipient: 'nobody@grey.example' })).equal(false);
    expect(passes(2, { session: 2 })).equal(true);
  });

  it('relaydelay: a pass without a message is lost', () => {
    const { passes } = hostOf('relaydelay');
    passes(0, { upTo: 'rcpt' });
    expect(passes(3481, { upTo: 'rcpt' })).equal(true);
    expect(passes(3482, { upTo: 'rcpt' })).equal(false);
    expect(passes(3482 + 3481)).equal(true);
    expect(passes(3482 + 3482, { upTo: 'rcpt' })).equal(true);
  });

  for (const id of ['spamdyke', 'stalwart']) {
    it(`${id}: the second try passes, from anywhere`, () => {
      const { passes } = hostOf(id);
      expect(passes(0)).equal(false);
      expect(passes(1, { client: '203.0.113.1' })).equal(true);
    });
  }

  it('qpsmtpd: refused at MAIL, by client alone, for fifty minutes', () => {
    const { passes } = hostOf('qpsmtpd');
    expect(passes(0, { upTo: 'mail' })).equal(false);
    expect(passes(3000, { sender: 'x@other.example', recipient: 'z@grey.example' })).equal(true);
  });

  it('Haraka: one pass, and every sender passes', () => {
    const { passes } = hostOf('haraka');
    passes(0);
    expect(passes(850)).equal(true);
    expect(passes(851, { sender: 'x@other.example', recipient: 'z@grey.example' })).equal(true);
  });

  for (const id of ['assp', 'fortimail']) {
    it(`${id}: one pass, and the sender domain is known`, () => {
      const { passes } = hostOf(id);
      passes(0);
      expect(passes(1201)).equal(true);
      expect(passes(1202, { sender: 'new@sender.example' })).equal(true);
      expect(passes(1202, { sender: 'new@other.example' })).equal(false);
    });
  }

  it('Plesk with penalties: an early try costs two minutes', () => {
    for (const [id, passed] of [
      ['plesk', true],
      ['plesk-penalties', false],
    ] as const) {
      const { passes } = hostOf(id);
      expect(passes(0, { upTo: 'rcpt' })).equal(true);
      passes(0);
      passes(10);
      expect(passes(310)).equal(passed);
      expect(passes(700)).equal(true);
    }
  });

  it('Apache James: other words for the hasty', () => {
    const { refusal } = hostOf('apache-james');
    expect(refusal(0)?.text[0]).not.match(/Reconnect/);
    expect(refusal(60)?.text[0]).match(/Reconnect to fast/);
  });

  it('DCC and chasquid: at the end of the message only', () => {
    for (const id of ['dcc', 'chasquid-hook', 'couriergrey']) {
      expect(hostOf(id).passes(0, { upTo: 'data' })).equal(true);
      expect(hostOf(id).passes(0)).equal(false);
    }
  });

  it('SmarterMail: a constant number', () => {
    const { refusal } = hostOf('smartermail');
    expect(refusal(0)?.text[0]).match(/900 seconds/);
    expect(refusal(300)?.text[0]).match(/900 seconds/);
  });

  it('memories in common and of each host', () => {
    for (const [id, shared] of [
      ['sqlgrey', true],
      ['mimecast', true],
      ['postgrey', false],
      ['cpanel', false],
    ] as const) {
      const { passes } = hostOf(id);
      passes(0);
      expect(passes(301, { host: 'mx2.grey.example' })).equal(shared);
    }
  });
});

describe('modelById', () => {
  it('names those that are meant', () => {
    expect(() => modelById('postgray')).throw(/no model of "postgray"/);
    try {
      modelById('postgray');
    } catch (error) {
      expect(error).property('code', 'unknown-model');
      expect(error)
        .property('suggestions')
        .deep.include('Did you mean: postgrey, postgrey-mail-in-a-box, postscreen.');
    }
    expect(() => modelById('toString')).throw(/no model/);
    expect(() => modelById('\u001b[2J')).throw(/\\x1b/);
  });
});
