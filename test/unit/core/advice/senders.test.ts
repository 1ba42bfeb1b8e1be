import { expect } from 'chai';
import facts2003 from '../../../../src/core/advice/exchange2003-facts.json' with { type: 'json' };
import {
  aliasesNamed,
  SENDER_ALIASES,
  SENDERS,
  sendersNamed,
} from '../../../../src/core/advice/senders.js';

describe('SENDERS', () => {
  it('have ids that are unique and fit a command line', () => {
    const ids = SENDERS.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const id of ids) expect(id).to.match(/^[a-z0-9][a-z0-9.-]*$/u);
  });

  it('list those whose schedule is not known too', () => {
    const unknown = SENDERS.filter(({ schedule }) => schedule === null).map(({ id }) => id);
    expect(unknown).to.include.members(['kerio', 'powermta', 'mdaemon', 'domino', 'amazon-ses']);
  });

  it('say where each number was read', () => {
    for (const { source, id } of SENDERS) expect(source, id).not.to.equal('');
  });

  it('were read again within two years', () => {
    const old = Date.now() - 2 * 366 * 86_400_000;
    const read = [
      ...SENDERS.map(({ id, checked }) => ({ id, checked })),
      ...SENDERS.flatMap(({ id, queueRun }) =>
        queueRun === null ? [] : [{ id: `${id}, queue run`, checked: queueRun.checked }],
      ),
      ...SENDER_ALIASES.map(({ name, checked }) => ({ id: name, checked })),
      ...facts2003.sources.map(({ fact, checked }) => ({ id: fact, checked })),
    ];
    const stale = read.filter(({ checked }) => Date.parse(checked ?? '') < old);
    expect(stale.map(({ id, checked }) => `${id}, read ${checked}`)).to.deep.equal([]);
  });

  it('are the inside of products by a text that was read on a day, or not verified', () => {
    for (const { name, checked, confidence } of SENDER_ALIASES) {
      expect(checked === null, name).to.equal(confidence === 'memory');
    }
  });

  it('have a remedy only for a setting that is modelled', () => {
    for (const { remedy, settings, id } of SENDERS) {
      if (remedy === null) continue;
      const setting = settings.find(({ name }) => name === remedy.setting);
      expect(setting?.sets, id).to.be.a('string');
    }
  });
});

describe('sendersNamed', () => {
  it('reads ids, groups and all, each sender once', () => {
    expect(sendersNamed('postfix, exim').map(({ id }) => id)).to.deep.equal(['postfix', 'exim']);
    expect(sendersNamed('exchange-2019,exchange-2016')).to.have.length(1);
    expect(sendersNamed('all')).to.deep.equal(SENDERS);
    expect(sendersNamed('COMMON').map(({ id }) => id)).to.include('exchange-2003');
  });

  it('reads products by the program inside', () => {
    expect(sendersNamed('mailu,iredmail').map(({ id }) => id)).to.deep.equal(['postfix']);
    expect(sendersNamed('cpanel').map(({ id }) => id)).to.deep.equal(['exim']);
    expect(sendersNamed('wildduck').map(({ id }) => id)).to.deep.equal(['zonemta']);
    expect(sendersNamed('phpmailer').map(({ id }) => id)).to.deep.equal(['application']);
    expect(aliasesNamed(' Mailu,postfix')).to.deep.equal([
      {
        name: 'mailu',
        sender: 'postfix',
        inside: 'Postfix',
        source: 'Mailu/Mailu core/: no setting of the back-off',
        confidence: 'source',
        checked: '2026-11-30',
      },
    ]);
  });

  for (const name of ['', ',', 'postfx', 'toString', '__proto__', 'constructor']) {
    it(`refuses "${name}"`, () => {
      expect(() => sendersNamed(name)).to.throw(/not a sender/u);
    });
  }

  it('names what is near', () => {
    try {
      sendersNamed('postfx');
    } catch (error) {
      expect(error)
        .to.have.property('suggestions')
        .that.satisfies((all: string[]) => all.join(' ').includes('postfix'));
      return;
    }
    throw new Error('was taken');
  });

  const said: readonly (readonly [name: string, ids: readonly string[]])[] = [
    ['Exchange 2019', ['exchange-2013plus-message']],
    ['o365', ['exchange-online']],
    ['M365', ['exchange-online']],
    ['outlook', ['exchange-online', 'web-hotmail-2016']],
    ['gmail', ['web-gmail-2016']],
    ['Plesk', ['postfix']],
    ['cPanel', ['exim']],
    ['docker-mailserver', ['postfix']],
    [
      'exchange',
      ['exchange-2003', 'exchange-2010-message', 'exchange-2013plus-message', 'exchange-online'],
    ],
  ];
  for (const [name, ids] of said) {
    it(`are found as people call them: ${name}`, () => {
      expect(sendersNamed(name).map(({ id }) => id)).to.deep.equal(ids);
    });
  }
});
