import type { RecommendResult } from '../../contract/recommend-result.js';
import { element } from '../markup.js';
import { windowWords } from '../picture/drawing.js';
import { drawingOfAdvice } from '../picture/drawings.js';
import { recommendationPicture } from '../text/advice-text.js';
import { glitchCard, senderCard } from './advice-parts.js';
import type { Page } from './page.js';
import { cards, figure, list, paragraph, section } from './parts.js';

/** What to set for a window, sender by sender. */
export function recommendPage(result: RecommendResult): Page {
  const { advice, window, warnings } = result;
  const { exchange2003, senders, assumptions } = advice;
  const words = windowWords(window);
  const picture = recommendationPicture(result);
  const glitch = senders.some(({ id }) => id === 'exchange-2003');
  const others = senders.filter(({ id }) => id !== 'exchange-2003');
  const sources = exchange2003.sources.map(({ fact, source }) => `${fact}: ${source}`);
  return {
    title: 'What to set against greylisting - greyprobe',
    header: [
      paragraph('greyprobe: what to set', 'over'),
      element('h1', {}, words === '' ? 'No retry was accepted yet' : `A window that ${words}`),
      paragraph(exchange2003.basis, 'lead'),
    ],
    main: [
      ...(picture === null
        ? []
        : section(
            'When senders try again',
            figure(drawingOfAdvice(picture, window), 'Retries against the window', 'picture'),
          )),
      ...section(
        'What to set',
        ...cards([
          ...(glitch ? [glitchCard(exchange2003, false)] : []),
          ...others.map((sender) => senderCard(sender, false)),
        ]),
      ),
      ...section('What this takes for granted', ...list(assumptions)),
      ...section('Worth knowing', ...list(warnings.map(({ message }) => message))),
      ...(glitch
        ? section('Where the numbers on Exchange 2000/2003 are from', ...list(sources, 'soft'))
        : []),
    ],
    footer: [
      paragraph('Made by greyprobe. This page loads nothing, and needs no script to be read.'),
    ],
  };
}
