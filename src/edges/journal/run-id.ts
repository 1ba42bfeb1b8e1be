import type { Random } from '../../model/ports/random.js';

const WORD_LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const WORD_LENGTH = 4;

/** The id of a new run: `20261123T194500-qzkw`, from the wall clock in UTC and four random letters. */
export function newRunId(nowWallMs: number, random: Random): string {
  const time = new Date(nowWallMs)
    .toISOString()
    .replace(/\.\d+Z$/u, '')
    .replaceAll(/[-:]/gu, '');
  const word = Array.from(
    { length: WORD_LENGTH },
    () => WORD_LETTERS[random.integer(WORD_LETTERS.length)] ?? 'q',
  );
  return `${time}-${word.join('')}`;
}
