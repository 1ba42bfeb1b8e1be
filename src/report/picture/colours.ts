/**
 * The colours of pictures and pages, as custom properties of `selector`, light and dark. Text has a
 * contrast of 4.5 to 1 and marks one of 3 to 1 with every ground that they stand on (WCAG 2.2 AA); marks
 * differ by shape as well.
 */
export function colourRules(selector: string): string {
  return (
    `${selector}{color-scheme:light dark;${declarations(LIGHT)}}` +
    // Paper is white, whatever the screen is.
    `@media screen and (prefers-color-scheme:dark){${selector}{${declarations(DARK)}}}`
  );
}

type Colours = Readonly<Record<keyof typeof LIGHT, string>>;

const LIGHT = {
  ground: '#ffffff',
  raised: '#f4f7f5',
  line: '#d5ddd9',
  soft: '#55615c',
  ink: '#19211e',
  good: '#17694c',
  warn: '#855400',
  bad: '#ab2a20',
  focus: '#1257b8',
  opens: '#dcf0e4',
  open: '#bde3cd',
  assumed: '#eff8f2',
  edge: '#38805f',
};

const DARK: Colours = {
  ground: '#131917',
  raised: '#1c2422',
  line: '#36413d',
  soft: '#a6b3ad',
  ink: '#e8eeeb',
  good: '#74d6ae',
  warn: '#f1c065',
  bad: '#ff9d92',
  focus: '#8cbcff',
  opens: '#1b3a2e',
  open: '#18493a',
  assumed: '#16261f',
  edge: '#4f9f7d',
};

function declarations(colours: Colours): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');
}

/** How the shapes of a picture are painted, by their classes. */
export const PICTURE_RULES = [
  '.gp-text{fill:var(--ink);font-family:system-ui,"Segoe UI","DejaVu Sans",sans-serif;font-size:12px}',
  '.gp-title{font-size:16px;font-weight:600}',
  '.gp-section{font-weight:600}',
  '.gp-soft{fill:var(--soft)}',
  '.gp-window{fill:var(--good);font-weight:600}',
  '.gp-end{text-anchor:end}',
  '.gp-middle{text-anchor:middle}',
  '.gp-ground{fill:var(--ground)}',
  '.gp-opens,.gp-closes{fill:var(--opens)}',
  '.gp-open{fill:var(--open)}',
  '.gp-assumed{fill:var(--assumed)}',
  '.gp-swatch{stroke:var(--edge);stroke-width:.5}',
  '.gp-edge{stroke:var(--edge);stroke-width:1.5}',
  '.gp-axis{stroke:var(--soft)}',
  '.gp-grid{stroke:var(--line);stroke-dasharray:2 3}',
  '.gp-rule{stroke:var(--line)}',
  '.gp-refused{stroke:var(--bad)}',
  '.gp-accepted,.gp-lands{stroke:var(--good)}',
  '.gp-perhaps{stroke:var(--warn)}',
  '.gp-cross,.gp-ring{fill:none;stroke-width:2;stroke-linecap:round}',
  '.gp-ring{fill:var(--ground)}',
  '.gp-dot,.gp-bar{stroke:none}',
  '.gp-refused.gp-bar{fill:var(--bad)}',
  '.gp-lands.gp-dot,.gp-lands.gp-bar,.gp-accepted.gp-bar{fill:var(--good)}',
  '.gp-perhaps.gp-bar{fill:var(--ground);stroke:var(--warn);stroke-width:2}',
  '.gp-plain.gp-bar{fill:var(--soft)}',
].join('');
