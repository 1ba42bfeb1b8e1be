import type { InitResult } from '../../contract/init-result.js';
import { escapeControl } from '../../model/values/escape.js';
import { shellWord } from '../../model/values/shell-word.js';
import { PLAIN, type Style } from './style.js';
import { wrapText } from './wrap.js';

/** What was written, and what to do with it. */
export function renderInitialised({ file }: InitResult, style: Style = PLAIN): string {
  const says = `${escapeControl(file)} was written. Put your recipients in, then check them with:`;
  return [...wrapText(says, style.columns), `  greyprobe check --config ${shellWord(file)}`].join(
    '\n',
  );
}
