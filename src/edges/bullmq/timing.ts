/** How long things may take, in milliseconds. */
export interface QueueTiming {
  /** A right to connect that is not renewed ends after so long. */
  readonly leaseMs: number;
  /** It is renewed so often; and so often everybody says that they are there. */
  readonly renewMs: number;
  /** A worker that could not renew for so long hangs up; well before the right ends. */
  readonly giveUpMs: number;
  /** A worker that hears nothing from the coordinator for so long hangs up. */
  readonly silentMs: number;
  /** A visit that nobody has begun so long after its time is missed. */
  readonly lateMs: number;
}

export const QUEUE_TIMING: QueueTiming = {
  leaseMs: 60_000,
  renewMs: 5000,
  giveUpMs: 30_000,
  silentMs: 20_000,
  lateMs: 60_000,
};
