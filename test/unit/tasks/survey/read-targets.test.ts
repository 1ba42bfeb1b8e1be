import { expect } from 'chai';
import { readTargets } from '../../../../src/tasks/survey/read-targets.js';
import { problemOf } from '../../edges/journal/support/problem.js';

const read = (text: string, postmaster = false) =>
  readTargets(text.split('\n'), { shown: 'list.txt', postmaster });

describe('the list of a survey', () => {
  it('has a recipient a line, perhaps with a label, and comments', () => {
    const text = '# partners\n\nuser@Example.org\r\nother@example.net, customer 17 ,x\n';
    expect(read(text)).to.deep.equal([
      { n: 0, recipient: 'user@example.org', domain: 'example.org', label: null },
      { n: 1, recipient: 'other@example.net', domain: 'example.net', label: 'customer 17' },
    ]);
  });

  it('may be CSV with a header and quotes', () => {
    const text = '\ufeffrecipient,label\n"user@example.org","Müller, ""Sons"""\n';
    expect(read(text)).to.deep.equal([
      { n: 0, recipient: 'user@example.org', domain: 'example.org', label: 'Müller, "Sons"' },
    ]);
  });

  it('names each recipient once', () => {
    expect(read('a@example.org,1\na@example.org,2')).to.have.length(1);
  });

  it('takes a bare domain only where postmaster@ will do', () => {
    const problem = problemOf(() => read('user@example.org\nexample.net'));
    expect(problem.code).to.equal('bare-domain');
    expect(problem.message).to.match(/^list\.txt:2: example\.net is a domain/u);
    expect(problem.suggestions.join(' ')).to.contain('--postmaster');
    expect(read('example.net', true)[0]?.recipient).to.equal('postmaster@example.net');
  });

  it('says which line is no address', () => {
    expect(problemOf(() => read('user@example.org\nuser@exa mple')).message).to.contain(
      'list.txt:2:',
    );
    expect(problemOf(() => read('# nothing')).code).to.equal('no-targets');
  });
});
