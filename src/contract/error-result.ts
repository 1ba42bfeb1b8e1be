import * as v from 'valibot';

/** What every command prints under `--json` when it fails: this object, and nothing else. */
export const ErrorResultSchema = v.object({
  error: v.object({
    /** Stable, kebab-case. */
    code: v.string(),
    message: v.string(),
    /** What to do next. */
    suggestions: v.array(v.string()),
  }),
});

export type ErrorResult = v.InferOutput<typeof ErrorResultSchema>;
