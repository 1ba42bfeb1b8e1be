import * as v from 'valibot';

/* The JSON contract of `doctor --json`: whether this machine can measure greylisting. */

export const DOCTOR_OUTCOMES = ['ok', 'warning', 'failed', 'skipped'] as const;

/** What is looked at, in the order in which it is told. */
export const DOCTOR_CHECKS = [
  'node',
  'state-folder',
  'resolver',
  'sender-domain',
  'helo',
  'reverse-dns',
  'spf',
  'port',
  'self-test',
  'redis',
] as const;

const DoctorCheckSchema = v.object({
  check: v.picklist(DOCTOR_CHECKS),
  /** The domain, name, address or folder that was looked at; null where there is none. */
  about: v.nullable(v.string()),
  outcome: v.picklist(DOCTOR_OUTCOMES),
  /** One or two sentences. */
  found: v.string(),
  /** What to do next; empty where nothing needs to be done. */
  next: v.array(v.string()),
});

export const DoctorResultSchema = v.object({
  schema: v.literal('greyprobe.doctor-result.v1'),
  version: v.string(),
  /** Of Node.js, and of the system that it runs on. */
  environment: v.object({ node: v.string(), platform: v.string(), arch: v.string() }),
  /** The worst that was found; what was skipped does not count. */
  outcome: v.picklist(['ok', 'warning', 'failed']),
  /** A check that looks at several things, such as client addresses, is there once for each. */
  checks: v.array(DoctorCheckSchema),
});

export type DoctorOutcome = (typeof DOCTOR_OUTCOMES)[number];
export type DoctorCheckId = (typeof DOCTOR_CHECKS)[number];
export type DoctorCheck = v.InferOutput<typeof DoctorCheckSchema>;
export type DoctorResult = v.InferOutput<typeof DoctorResultSchema>;
