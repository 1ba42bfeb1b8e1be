import type { ProbeResult } from '../../contract/probe-result.js';
import type { View } from '../view.js';
import { renderScreen, verdictLine } from './first-screen.js';
import type { Style } from './style.js';
import { renderText } from './text.js';

/** A probe's result, as much of it as is asked for. */
export function renderResult(result: ProbeResult, style: Style, view: View): string {
  switch (view.depth) {
    case 'verdict':
      return verdictLine(result);
    case 'screen':
      return renderScreen(result, view.again(result), style);
    case 'details':
      return renderText(result, style);
  }
}
