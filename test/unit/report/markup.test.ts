import { expect } from 'chai';
import { constant, element } from '../../../src/report/markup.js';

describe('element', () => {
  it('escapes texts and attributes, and leaves markup as it is', () => {
    const inner = element('b', { title: `"'<` }, '<i>&\u0007');
    expect(element('p', {}, inner).text).to.equal(
      '<p><b title="&quot;&apos;&lt;">&lt;i&gt;&amp;\\x07</b></p>',
    );
  });

  it('is closed at once without content, and has two tags with an empty one', () => {
    expect(element('br', {}).text).to.equal('<br/>');
    expect(element('td', {}, '').text).to.equal('<td></td>');
  });
});

describe('constant', () => {
  it('stands as it is', () => {
    expect(constant('style', 'a>b{content:"x"}').text).to.equal('<style>a>b{content:"x"}</style>');
  });

  it('refuses what could end it', () => {
    for (const text of ["'</script>'", '<!-- <script>']) {
      expect(() => constant('script', text)).to.throw(RangeError);
    }
  });
});
