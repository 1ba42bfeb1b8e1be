import { expect } from 'chai';
import type { DoctorCheckId } from '../../../../src/contract/doctor-result.js';
import type { DialRequest } from '../../../../src/model/ports/dialer.js';
import { acceptsAll, busyAtConnect } from '../../../../src/sandbox/behaviours.js';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';
import {
  createVirtualDialer,
  type VirtualHost,
} from '../../../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../../../src/sandbox/virtual/virtual-random.js';
import type { Zone } from '../../../../src/sandbox/zone.js';
import { examine, toExamination } from '../../../../src/tasks/doctor/doctor.js';
import type { DoctorPorts, Examination } from '../../../../src/tasks/doctor/machine.js';
import type { SelfMeasurement } from '../../../../src/tasks/doctor/self-test.js';
import { settingsFromFlags } from '../../../../src/tasks/settings/read-settings.js';
import { machineHelo } from '../../../../src/tasks/settings/to-request.js';
import { refusesConnections } from '../../../support/behaviours.js';
import { createVirtualResolver, type VirtualResolver } from '../../../support/virtual-resolver.js';

const INTERNET: Zone = {
  'a.root-servers.net': { A: ['198.41.0.4'] },
  'sender.example': { MX: [[10, 'mx.sender.example']] },
  'mx.sender.example': { A: ['8.8.4.3'] },
  'mail.sender.example': { A: ['8.8.4.4'], AAAA: ['2600:0:0::25'] },
  '4.4.8.8.in-addr.arpa': { PTR: ['other.sender.example', 'mail.sender.example'] },
  '5.4.8.8.in-addr.arpa': { PTR: ['mail.sender.example'] },
  '6.4.8.8.in-addr.arpa': 'server-failure',
  '5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.2.ip6.arpa': {
    PTR: ['mail.sender.example'],
  },
  'mx.grey.example': { A: ['9.9.9.1', '9.9.9.2'] },
  'no-mx.example': { A: ['8.8.4.9'] },
  'null.example': { MX: [[0, '']] },
  'empty.example': { TXT: ['nothing here'] },
  'dangling.example': { MX: [[10, 'gone.dangling.example']] },
  'broken.example': 'server-failure',
};

const MEASURED: SelfMeasurement = {
  kind: 'not-started',
  reason: 'This world has no loopback.',
};

const REQUEST: Examination = {
  senderDomains: [],
  helo: null,
  host: null,
  port: 25,
  sourceAddresses: [],
};

interface World {
  readonly servers?: readonly Zone[];
  readonly hosts?: readonly VirtualHost[];
  readonly client?: string | null;
}

/** Looks at a simulated machine: checks by name, questions to the DNS, connections. */
async function look(request: Partial<Examination>, world: World = {}) {
  const clock = createVirtualClock();
  const resolvers: VirtualResolver[] = (world.servers ?? [INTERNET]).map((zone) =>
    createVirtualResolver(zone),
  );
  const dialled: DialRequest[] = [];
  const dialer = createVirtualDialer({
    clock,
    random: createVirtualRandom(1),
    hosts: world.hosts ?? [],
  });
  const ports: DoctorPorts = {
    clock,
    nodeVersion: '20.19.0',
    servers: resolvers.map((resolver, n) => ({ label: `server ${n + 1}`, resolver })),
    dialer: {
      dial: (asked, signal) => {
        dialled.push(asked);
        return dialer.dial(asked, signal);
      },
    },
    tryStateFolder: () => ({ kind: 'writable', folder: '/state/runs' }),
    clientAddressTo: async () => world.client ?? null,
    measureOwnHost: async () => MEASURED,
  };
  const checks = await examine({ ...REQUEST, ...request }, ports, new AbortController().signal);
  const all = (id: DoctorCheckId) => checks.filter(({ check }) => check === id);
  return {
    checks,
    dialled,
    transactions: dialer.transactions,
    questions: resolvers.map(({ questions }) => questions),
    all,
    one: (id: DoctorCheckId) => {
      const [check, ...more] = all(id);
      if (check === undefined || more.length > 0) throw new Error(`not one ${id}`);
      return check;
    },
  };
}

describe('examine', () => {
  it('connects to nothing, and asks for one name, where nothing is given', async () => {
    const { checks, dialled, questions } = await look({});

    expect(checks.map(({ check, outcome }) => [check, outcome])).to.deep.equal([
      ['node', 'ok'],
      ['state-folder', 'ok'],
      ['resolver', 'ok'],
      ['sender-domain', 'skipped'],
      ['helo', 'skipped'],
      ['reverse-dns', 'skipped'],
      ['port', 'skipped'],
      ['self-test', 'failed'],
    ]);
    expect(dialled).to.deep.equal([]);
    expect(questions).to.deep.equal([['A a.root-servers.net']]);
  });

  it('says what to do next wherever something is not as it should be', async () => {
    const worlds = await Promise.all([
      look({}, { servers: [] }),
      look({}, { servers: [{}] }),
      look({ senderDomains: Object.keys(INTERNET) }),
      look({ helo: { name: 'nobody.example', origin: 'given' }, host: 'nobody.example' }),
      look({ host: '9.9.9.1', sourceAddresses: ['8.8.4.6', '8.8.4.5', '8.8.4.7'] }),
    ]);
    const bad = worlds
      .flatMap(({ checks }) => checks)
      .filter(({ outcome }) => outcome === 'warning' || outcome === 'failed');

    expect(bad.length).to.be.above(10);
    for (const check of bad) {
      const needsNoAdvice = check.about === 'broken.example';
      if (!needsNoAdvice) expect(check.next, check.found).to.not.be.empty;
      expect(check.found).to.match(/[.')]$/u);
    }
  });

  describe('the DNS servers', () => {
    it('are asked for the MX of the sender', async () => {
      const { one, questions } = await look({ senderDomains: ['sender.example'] });
      expect(one('resolver').outcome).to.equal('ok');
      expect(questions[0]?.[0]).to.equal('MX sender.example');
    });

    it('are not blamed for a sender whose domain fails', async () => {
      const { one } = await look({ senderDomains: ['broken.example'] });
      expect(one('resolver').outcome).to.equal('ok');
      expect(one('sender-domain')).to.deep.include({ outcome: 'failed' });
    });

    it('fail when none answers; what needs them is skipped then', async () => {
      const dead: Zone = { 'a.root-servers.net': 'no-answer', 'sender.example': 'no-answer' };
      const { one } = await look(
        {
          senderDomains: ['sender.example'],
          helo: { name: 'mail.sender.example', origin: 'given' },
          sourceAddresses: ['8.8.4.4'],
          host: 'mx.grey.example',
        },
        { servers: [dead, dead] },
      );

      expect(one('resolver').outcome).to.equal('failed');
      for (const id of ['sender-domain', 'helo', 'reverse-dns', 'port'] as const) {
        expect(one(id).outcome, id).to.equal('skipped');
      }
    });

    it('fail when there is none', async () => {
      const { one } = await look({}, { servers: [] });
      expect(one('resolver')).to.deep.include({ outcome: 'failed' });
    });

    it('are named when one of them is silent, and the other is used', async () => {
      const { one } = await look(
        { helo: { name: 'mail.sender.example', origin: 'given' } },
        { servers: [{ 'a.root-servers.net': 'no-answer' }, INTERNET] },
      );

      expect(one('resolver').outcome).to.equal('warning');
      expect(one('resolver').next[0]).to.contain('--resolver server 2');
      expect(one('helo').outcome).to.equal('ok');
    });

    it('are told apart from those of a closed network', async () => {
      expect((await look({}, { servers: [{}] })).one('resolver').outcome).to.equal('warning');
    });
  });

  describe("the sender's domain", () => {
    it('is judged as mail hosts judge it', async () => {
      const { all } = await look({
        senderDomains: ['sender.example', 'no-mx.example', 'null.example', 'empty.example'],
      });
      const more = await look({
        senderDomains: ['dangling.example', 'gone.example', 'broken.example', '[192.0.2.1]'],
      });

      expect(
        [...all('sender-domain'), ...more.all('sender-domain')].map(({ about, outcome }) => [
          about,
          outcome,
        ]),
      ).to.deep.equal([
        ['sender.example', 'ok'],
        ['no-mx.example', 'ok'],
        ['null.example', 'failed'],
        ['empty.example', 'failed'],
        ['dangling.example', 'warning'],
        ['gone.example', 'failed'],
        ['broken.example', 'failed'],
        ['[192.0.2.1]', 'skipped'],
      ]);
    });

    it('is looked up for so many senders only', async () => {
      const senderDomains = Array.from({ length: 50 }, (_, n) => `d${n}.example`);
      const { all, questions } = await look({ senderDomains });

      expect(all('sender-domain')).to.have.length(6);
      expect(all('sender-domain').at(-1)?.found).to.equal('45 more domains were not looked up.');
      expect(questions[0]?.length).to.be.below(20);
    });
  });

  describe('the HELO name', () => {
    it('is to have an address', async () => {
      const outcomes = await Promise.all(
        [
          'mail.sender.example',
          'sender.example',
          'gone.example',
          'broken.example',
          '[8.8.4.4]',
        ].map(
          async (name) => (await look({ helo: { name, origin: 'given' } })).one('helo').outcome,
        ),
      );
      expect(outcomes).to.deep.equal(['ok', 'warning', 'warning', 'warning', 'warning']);
    });

    it('is shown with where it comes from', async () => {
      const { one } = await look({ helo: { name: 'mail.sender.example', origin: 'machine' } });
      expect(one('helo')).to.deep.include({
        about: 'mail.sender.example',
        found: "mail.sender.example (this machine's name) has the address 8.8.4.4 and 1 more.",
      });
    });
  });

  describe('the reverse DNS', () => {
    it('is confirmed by any name that points back', async () => {
      const { all } = await look({
        sourceAddresses: ['8.8.4.4', '2600::25', '8.8.4.5', '8.8.4.6', '8.8.4.7', '10.1.2.3'],
      });

      expect(all('reverse-dns').map(({ about, outcome }) => [about, outcome])).to.deep.equal([
        ['8.8.4.4', 'ok'],
        ['2600::25', 'ok'],
        ['8.8.4.5', 'warning'],
        ['8.8.4.6', 'warning'],
        ['8.8.4.7', 'warning'],
        ['10.1.2.3', 'skipped'],
      ]);
      expect(all('reverse-dns')[2]?.found).to.contain('does not point back');
      expect(all('reverse-dns')[5]?.found).to.contain('private');
    });

    it('is that of the address from which the host is reached', async () => {
      const { one } = await look({ host: 'mx.grey.example' }, { client: '8.8.4.4' });
      expect(one('reverse-dns')).to.include({ about: '8.8.4.4', outcome: 'ok' });
    });

    it('is bounded, however many names an address has', async () => {
      const many = Array.from({ length: 500 }, (_, n) => `n${n}.example`);
      const { one, questions } = await look(
        { sourceAddresses: ['8.8.4.4'] },
        { servers: [{ ...INTERNET, '4.4.8.8.in-addr.arpa': { PTR: many } }] },
      );
      expect(one('reverse-dns').outcome).to.equal('warning');
      expect(questions[0]?.length).to.be.below(20);
    });
  });

  describe('PTR, HELO and SPF of the client', () => {
    const with_ = (zone: Zone) => ({ servers: [{ ...INTERNET, ...zone }] });
    const asked = {
      senderDomains: ['sender.example'],
      helo: { name: 'mail.sender.example', origin: 'given' },
      sourceAddresses: ['8.8.4.4'],
    } as const;
    const sender = (...TXT: readonly string[]): Zone => ({
      'sender.example': { MX: [[10, 'mx.sender.example']], TXT },
    });

    it('agree', async () => {
      const { one } = await look(asked, with_(sender('v=spf1 ip4:8.8.4.0/24 -all')));
      const ids = ['helo', 'reverse-dns', 'spf'] as const;
      expect(ids.map((id) => one(id).outcome)).to.deep.equal(['ok', 'ok', 'ok']);
      expect(one('spf').found).to.equal(
        'sender.example lets 8.8.4.4 send its mail (ip4:8.8.4.0/24).',
      );
    });

    it('do not, where the name said is that of another address', async () => {
      const { one } = await look({ ...asked, sourceAddresses: ['8.8.4.9'] });
      expect(one('helo')).to.deep.include({
        outcome: 'warning',
        found:
          'mail.sender.example (as given) has the address 8.8.4.4 and 1 more, but not 8.8.4.9, from which the mail comes. Hosts that compare them trust it less.',
      });
    });

    for (const [says, ...records] of [
      ['SPF says fail (-all)', 'v=spf1 ip4:8.8.8.0/24 -all'],
      ['SPF says softfail (~all)', 'v=spf1 mx ~all'],
      ['SPF says neutral', 'v=spf1 a:mx.sender.example'],
      ['lets 8.8.4.4 send its mail (mx/24)', 'v=spf1 mx/24 -all'],
      ['lets 8.8.4.4 send its mail (a:mail.sender.example)', 'v=spf1 a:mail.sender.example -all'],
      [
        'lets 8.8.4.4 send its mail (include:_spf.other.example)',
        'v=spf1 include:_spf.other.example -all',
      ],
      ['lets 8.8.4.4 send its mail (ip4:8.8.4.4)', 'v=spf1 redirect=_spf.other.example'],
      ['has no SPF record', 'something else'],
      ['is wrong', 'v=spf1 -all', 'v=spf1 +all'],
      ['is wrong (ipv4:8.8.4.4)', 'v=spf1 ipv4:8.8.4.4 -all'],
      ['is wrong (include:sender.example)', 'v=spf1 include:sender.example -all'],
      ['was not worked out (exists:%{i}.other.example)', 'v=spf1 exists:%{i}.other.example -all'],
    ] as const) {
      it(`${says} with ${records.join(' and ')}`, async () => {
        const other: Zone = { '_spf.other.example': { TXT: ['v=spf1 ip4:8.8.4.4 -all'] } };
        const { one } = await look(asked, with_({ ...sender(...records), ...other }));
        expect(one('spf').found).to.contain(says);
      });
    }
  });

  describe('the port', () => {
    const answers: VirtualHost = {
      address: '9.9.9.1',
      name: 'mx.grey.example',
      behaviour: acceptsAll(),
    };

    it('is open when the host says its banner; nothing else is asked of it', async () => {
      const { one, dialled, transactions } = await look(
        { host: 'mx.grey.example', helo: { name: 'mail.sender.example', origin: 'given' } },
        { hosts: [answers], client: '8.8.4.4' },
      );

      expect(one('port').outcome).to.equal('ok');
      expect(one('port').found).to.match(
        /^mx\.grey\.example \(9\.9\.9\.1\) port 25 answered in \d\.\d s: 220 /u,
      );
      expect(dialled).to.have.length(1);
      expect(dialled[0]).to.include({ helo: 'mail.sender.example', tls: 'never' });
      expect(transactions.filter(({ stage }) => stage !== 'connect')).to.deep.equal([]);
    });

    it('is tried at the next address when the first does not answer', async () => {
      const { one, dialled } = await look(
        { host: 'mx.grey.example' },
        { hosts: [{ ...answers, address: '9.9.9.2' }] },
      );

      expect(dialled.map(({ address }) => address)).to.deep.equal(['9.9.9.1', '9.9.9.2']);
      expect(one('port').outcome).to.equal('warning');
      expect(one('port').next.join(' ')).to.contain('--host 9.9.9.2');
    });

    it('fails when nobody answers, and port 25 gets the advice for blocked ports', async () => {
      const blocked = await look(
        { host: 'mx.grey.example' },
        { hosts: [{ address: '9.9.9.1', behaviour: refusesConnections() }] },
      );
      const other = await look({ host: '9.9.9.3', port: 2525 });

      expect(blocked.one('port').outcome).to.equal('failed');
      expect(blocked.one('port').next[0]).to.contain('block outgoing port 25');
      expect(other.one('port').outcome).to.equal('failed');
      expect(other.one('port').next[0]).to.not.contain('25');
    });

    it('is open when the host refuses in words', async () => {
      const { one } = await look(
        { host: '9.9.9.1' },
        { hosts: [{ address: '9.9.9.1', behaviour: busyAtConnect() }] },
      );
      expect(one('port').outcome).to.equal('warning');
      expect(one('port').found).to.contain('421');
    });

    it('shows a firewall that hides the banner', async () => {
      const banner = { code: 220, enhanced: null, text: ['*'.repeat(40)] };
      const { one } = await look(
        { host: '9.9.9.1' },
        { hosts: [{ address: '9.9.9.1', behaviour: { dialogue: { banner } } }] },
      );
      expect(one('port').outcome).to.equal('warning');
      expect(one('port').next[0]).to.contain('firewall');
    });

    it('fails for a host without an address, and without one of the right family', async () => {
      const gone = await look({ host: 'gone.example' });
      const family = await look({ host: 'mx.grey.example', sourceAddresses: ['2600::25'] });

      expect(gone.one('port')).to.deep.include({ outcome: 'failed' });
      expect(family.one('port')).to.deep.include({ outcome: 'failed' });
      expect([...gone.dialled, ...family.dialled]).to.deep.equal([]);
    });

    it('is reached from the address given', async () => {
      const { dialled } = await look(
        { host: '9.9.9.1', sourceAddresses: ['8.8.4.4', '8.8.4.5'] },
        { hosts: [answers] },
      );
      expect(dialled.map(({ sourceAddress }) => sourceAddress)).to.deep.equal(['8.8.4.4']);
    });
  });
});

describe('examine, interrupted', () => {
  it('ends with the reason, after the test host is closed', async () => {
    const controller = new AbortController();
    const clock = createVirtualClock();
    let isClosed = false;
    const examining = examine(
      { senderDomains: [], helo: null, host: null, port: 25, sourceAddresses: [] },
      {
        clock,
        nodeVersion: '20.19.0',
        servers: [{ label: 'server', resolver: createVirtualResolver({}) }],
        dialer: createVirtualDialer({ clock, random: createVirtualRandom(1), hosts: [] }),
        tryStateFolder: () => ({ kind: 'writable', folder: '/state/runs' }),
        clientAddressTo: async () => null,
        measureOwnHost: async (signal) => {
          controller.abort(new Error('Ctrl-C'));
          await new Promise((resolve) => setImmediate(resolve));
          isClosed = true;
          throw signal.reason;
        },
      },
      controller.signal,
    );
    const [ended] = await Promise.allSettled([examining]);

    expect(ended).to.have.nested.property('reason.message', 'Ctrl-C');
    expect(isClosed).to.equal(true);
  });
});

describe('toExamination', () => {
  it('takes the name of EHLO as probe does: given, the machine, the sender', () => {
    const from = 'probe-{nonce}@sender.example';
    const helo = (flags: { from?: string; helo?: string }, machine: string | null) =>
      toExamination(settingsFromFlags(flags), machine).helo;

    expect(helo({ from, helo: 'Mail.Sender.example' }, 'me.example')).to.deep.equal({
      name: 'mail.sender.example',
      origin: 'given',
    });
    expect(helo({ from }, 'me.example')).to.deep.equal({ name: 'me.example', origin: 'machine' });
    expect(helo({ from }, null)).to.deep.equal({ name: 'sender.example', origin: 'sender' });
    expect(helo({}, null)).to.equal(null);
  });

  it('names each domain of the senders once', () => {
    const from = 'a@one.example,b@two.example,c@one.example,d@[192.0.2.1]';
    const { senderDomains } = toExamination(settingsFromFlags({ from }), null);
    expect(senderDomains).to.deep.equal(['one.example', 'two.example', '[192.0.2.1]']);
  });
});

describe('machineHelo', () => {
  it('takes full names only: nobody chose the others for EHLO', () => {
    const names = ['mail.example.org', 'laptop', 'my_host.lan', '192.0.2.1', 'a..b', ''];
    expect(names.map((name) => machineHelo(name))).to.deep.equal([
      'mail.example.org',
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
