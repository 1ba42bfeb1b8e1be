import { expect } from 'chai';
import { colourRules } from '../../../../src/report/picture/colours.js';

const GROUNDS = ['ground', 'raised', 'opens', 'open', 'assumed'];
const TEXTS = ['ink', 'soft', 'good', 'warn', 'bad'];

/** The two sets of colours, by name. */
function palettes(): readonly Readonly<Record<string, string>>[] {
  return [...colourRules('svg').matchAll(/svg\{([^}]*)\}/gu)].map(([, rules = '']) =>
    Object.fromEntries(
      [...rules.matchAll(/--(\w+):(#\w{6})/gu)].map(([, name, hex]) => [name, hex]),
    ),
  );
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one = '', other = ''): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe('colourRules', () => {
  it('has a light and a dark set of the same names', () => {
    const [light = {}, dark = {}, ...others] = palettes();
    expect(others).to.deep.equal([]);
    expect(Object.keys(light)).to.deep.equal(Object.keys(dark));
    expect(contrast(light['ground'], '#ffffff')).to.equal(1);
    expect(contrast(dark['ground'], '#000000')).to.be.below(1.5);
  });

  it('has contrast for texts and marks on every ground, for edges and for the focus (WCAG AA)', () => {
    for (const palette of palettes()) {
      for (const ground of GROUNDS) {
        for (const text of TEXTS) {
          const found = contrast(palette[text], palette[ground]);
          expect(found, `${text} on ${ground}`).to.be.at.least(4.5);
        }
        const edge = contrast(palette['edge'], palette[ground]);
        expect(edge, `edge on ${ground}`).to.be.at.least(3);
      }
      expect(contrast(palette['focus'], palette['ground'])).to.be.at.least(3);
    }
  });
});
