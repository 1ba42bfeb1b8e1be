import { expect } from 'chai';
import { SENDERS, sendersNamed } from '../../../../src/core/advice/senders.js';

describe('SENDERS', () => {
  it('have ids that are unique and fit a command line', () => {
    const ids = SENDERS.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const id of ids) expect(id).to.match(/^[a-z0-9][a-z0-9.-]*$/u);
  });

  it('list 60, those whose schedule is not known among them', () => {
    expect(SENDERS).to.have.length(60);
    const unknown = SENDERS.filter(({ schedule }) => schedule === null).map(({ id }) => id);
    expect(unknown).to.include.members(['kerio', 'powermta', 'mdaemon', 'domino', 'amazon-ses']);
  });

  it('say where each number was read', () => {
    for (const { source, id } of SENDERS) expect(source, id).not.to.equal('');
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
    expect(sendersNamed('all')).to.have.length(60);
    expect(sendersNamed('COMMON').map(({ id }) => id)).to.include('exchange-2003');
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
});
