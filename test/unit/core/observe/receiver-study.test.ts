import { expect } from 'chai';
import { type Arrival, ReceiverStudy } from '../../../../src/core/observe/receiver-study.js';

function arrival(at: number, decided: Arrival['decided'], more: Partial<Arrival> = {}): Arrival {
  return {
    at,
    decided,
    greylister: 'postgrey',
    client: 'out.sender.example',
    clientAddress: '192.0.2.1',
    sender: 'a@sender.example',
    recipient: 'u@ours.example',
    ageSeconds: null,
    missingSeconds: null,
    ...more,
  };
}

function study(arrivals: readonly Arrival[]) {
  const receiver = new ReceiverStudy();
  for (const one of arrivals) receiver.add(one);
  return receiver.findings();
}

describe('what a greylister tells of its clients', () => {
  const came = [
    arrival(0, 'refused'),
    arrival(61, 'refused', { missingSeconds: 239 }),
    arrival(130, 'refused', { missingSeconds: 170 }),
    arrival(310, 'passed', { ageSeconds: 310 }),
  ];

  it('is exact for every delay up to the present one, and a bound above', () => {
    const { delaySeconds, delays } = study(came);
    expect(delaySeconds).equal(300);
    const under = (delay: number) => delays.find((one) => one.delaySeconds === delay);
    expect(under(60)).deep.equal({
      delaySeconds: 60,
      exact: true,
      passes: 1,
      loses: 0,
      meanWaitSeconds: 61,
    });
    expect(under(120)?.meanWaitSeconds).equal(130);
    expect(under(300)?.meanWaitSeconds).equal(310);
    expect(under(600)).deep.equal({
      delaySeconds: 600,
      exact: false,
      passes: 0,
      loses: 1,
      meanWaitSeconds: null,
    });
  });

  it('puts those first who never came back and whose domain got in otherwise', () => {
    const spam = { sender: 'x@spam.example', clientAddress: '203.0.113.9', client: null };
    const late = { sender: 'b@sender.example' };
    const { lost, passed } = study([
      arrival(0, 'refused', spam),
      arrival(5, 'refused', late),
      ...came.map((one) => ({ ...one, at: one.at + 10 })),
      arrival(900_000, 'exempt', { sender: 'else@other.example' }),
    ]);
    expect(passed).equal(1);
    expect(lost.map(({ sender, legitimate }) => `${sender} ${legitimate}`)).deep.equal([
      'b@sender.example likely',
      'x@spam.example unlikely',
    ]);
  });

  it('leaves open who came so late that the log does not tell', () => {
    const found = study([...came, arrival(320, 'refused', { sender: 'new@sender.example' })]);
    expect(found).deep.include({ open: 1, lost: [] });
  });

  it('names pools, and senders whose mails come in bursts', () => {
    const pool = (at: number, clientAddress: string) =>
      arrival(at, 'refused', {
        clientAddress,
        client: 'mail-1.outlook.com',
        sender: 'c@live.example',
      });
    const code = (at: number, n: number) =>
      arrival(at, 'refused', { sender: `code-${n}@login.example` });
    const found = study([
      pool(0, '192.0.2.7'),
      pool(60, '192.0.2.8'),
      code(70, 1),
      code(100, 2),
      code(140, 3),
    ]);
    expect(found.pools).deep.equal([{ name: 'outlook.com', addresses: 2, triplets: 2 }]);
    expect(found.bursts.map(({ senderDomain }) => senderDomain)).deep.equal(['login.example']);
  });

  it('knows that a triplet came back where a list let it in: that says nothing of the delay', () => {
    const by = { sender: 'b@sender.example' };
    const found = study([
      arrival(0, 'refused', by),
      ...came,
      arrival(320, 'exempt', { ...by, recipient: 'u@ours.example' }),
      arrival(900_000, 'exempt', { sender: 'else@other.example' }),
    ]);
    expect(found).deep.include({ passed: 2, lost: [], exempt: 1 });
    expect(found.passedAfter?.longest).equal(320);
    expect(found.delaySeconds).equal(300);
  });

  it('leaves open who came back where a list lets all of a domain in', () => {
    const listed = { sender: null, senderDomain: 'sender.example', recipient: null };
    const waits = arrival(5, 'refused', { sender: 'b@sender.example' });
    const end = arrival(900_000, 'exempt', { sender: 'else@other.example' });
    expect(study([waits, ...came, arrival(400, 'exempt', listed), end])).deep.include({
      open: 1,
      lost: [],
    });
    const other = { ...listed, clientAddress: '203.0.113.9' };
    expect(study([waits, ...came, arrival(400, 'exempt', other), end]).lost).length(1);
  });

  it('takes two lines of one decision for one', () => {
    const twice = study([
      arrival(0, 'refused'),
      arrival(1, 'refused', { greylister: null }),
      ...came.slice(1),
    ]);
    expect(twice.delays.find((one) => one.delaySeconds === 30)?.meanWaitSeconds).equal(61);
  });
});
