import * as v from 'valibot';

/** Settings for senders, each with the attempts that it leads to. */
export const AdviceSchema = v.object({
  exchange2003: v.object({
    /** The value to set, or null where no value works. */
    glitchRetrySeconds: v.nullable(v.pipe(v.number(), v.integer())),
    /** Why, in a sentence or two. */
    basis: v.string(),
  }),
});

export type Advice = v.InferOutput<typeof AdviceSchema>;
