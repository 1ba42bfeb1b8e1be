import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a survey would do, looked up without a connection. */
export const SurveyPlanSchema = v.object({
  schema: v.literal('greyprobe.survey-plan.v1'),
  targets: count,
  hosts: count,
  /** Where no host greylists: the screening alone. */
  connectionsAtLeast: count,
  /** Where every one has to be measured to the end. */
  connectionsAtMost: count,
  /** Latest end, RFC 3339, UTC. */
  endsBy: v.string(),
});
export type SurveyPlan = v.InferOutput<typeof SurveyPlanSchema>;
