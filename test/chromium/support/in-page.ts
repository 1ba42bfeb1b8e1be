/* Expressions that are evaluated in a page. */

/** Every element with the names of its attributes, in order: what no text may change. */
export const SKELETON = `[...document.querySelectorAll('*')]
  .map((one) => one.localName + '[' + one.getAttributeNames().join(' ') + ']')
  .join('\\n')`;

/**
 * Texts whose contrast with what is behind them is below 4.5 to 1, or 3 to 1 where they are large (WCAG
 * 2.2, 1.4.3): as \`1.2: text\`. Text of pictures is held against every ground that they have.
 */
export const LOW_CONTRAST = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const ground = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      if (channels(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const grounds = (element) => {
    const picture = element.closest('svg');
    if (picture === null) return [ground(element)];
    const bands = [...picture.querySelectorAll('.gp-opens, .gp-open, .gp-closes, .gp-assumed')];
    return [ground(picture), ...bands.map((band) => getComputedStyle(band).fill)];
  };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes].filter((one) => one.nodeType === 3 && one.data.trim() !== '');
    if (text.length === 0 || !element.checkVisibility() || element.closest('script, title, desc, .told')) continue;
    const style = getComputedStyle(element);
    const colour = element.closest('svg') === null ? style.color : style.fill;
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    for (const behind of grounds(element)) {
      const found = contrast(colour, behind);
      if (found < (large ? 3 : 4.5)) low.push(found.toFixed(2) + ': ' + text[0].data.trim().slice(0, 40));
    }
  }
  return [...new Set(low)];
})()`;
