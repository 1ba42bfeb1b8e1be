import type { Random } from '../ports/random.js';

const WORD_LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const WORD_LENGTH = 4;

/** Time to the second in UTC, a dash, and a word: sorts by time, and is safe as a file name. */
const RUN_ID = /^\d{8}T\d{6}-[a-z]{4}$/u;

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

/** True for the shape that `newRunId` gives. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}
