import * as v from 'valibot';

/* What fields of a run's request and events hold. */

export const finite = v.pipe(v.number(), v.finite());
export const notNegative = v.pipe(finite, v.minValue(0));
export const integer = v.pipe(v.number(), v.safeInteger());
export const port = v.pipe(integer, v.minValue(1), v.maxValue(65_535));
export const text = v.string();
export const texts = v.array(text);

/** What a run can be called: a word for every shell, and no path. */
export const RUN_ID = /^[A-Za-z0-9][\w.-]{0,127}$/;

/** One SMTP reply, as `model/smtp.ts` describes it. */
export const KeptReplySchema = v.object({
  code: v.pipe(integer, v.minValue(200), v.maxValue(599)),
  enhanced: v.nullable(text),
  text: v.pipe(texts, v.minLength(1)),
});
