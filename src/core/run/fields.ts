import * as v from 'valibot';

/* What the fields of a run's request and events hold. */

export const finite = v.pipe(v.number(), v.finite());
export const notNegative = v.pipe(finite, v.minValue(0));
export const integer = v.pipe(v.number(), v.safeInteger());
export const port = v.pipe(integer, v.minValue(1), v.maxValue(65_535));
export const text = v.string();
export const texts = v.array(text);
