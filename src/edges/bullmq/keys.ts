/*
 * Names of keys. What holds for a mail host is shared by all surveys of a Redis; all else belongs to one
 * survey.
 */

const PREFIX = 'greyprobe';

/** Source addresses with a worker, and surveys with a coordinator; by when they were seen last. */
export const SOURCES = `${PREFIX}:sources`;
export const SURVEYS = `${PREFIX}:surveys`;
/** While it is there, nobody connects: the Redis has lost what it knew. */
export const QUIET = `${PREFIX}:quiet`;

/** What was done to an address: who is connected, when it ended, when it asked to stop. */
export const hostAccount = (host: string) => `${PREFIX}:host:${host}`;
/** When connections began, for an hour. */
export const hostHour = (host: string) => `${PREFIX}:host-hour:${host}`;
export const operatorAccount = (operator: string) => `${PREFIX}:operator:${operator}`;
export const operatorHour = (operator: string) => `${PREFIX}:operator-hour:${operator}`;
export const operatorOpen = (operator: string) => `${PREFIX}:operator-open:${operator}`;

/** What a worker is told. */
export const workerStream = (worker: string) => `${PREFIX}:worker:${worker}`;

const ofSurvey = (survey: string) => `${PREFIX}:survey:${survey}`;
/** What the workers of a survey tell. */
export const reportStream = (survey: string) => `${ofSurvey(survey)}:reports`;
/** Which process coordinates it. */
export const coordinatorKey = (survey: string) => `${ofSurvey(survey)}:coordinator`;
export const optOutKey = (survey: string) => `${ofSurvey(survey)}:opt-out`;
export const visitKey = (survey: string, visit: string) => `${ofSurvey(survey)}:visit:${visit}`;
export const queuePrefix = (survey: string) => `${ofSurvey(survey)}:queue`;
/** A queue a source address. Names of queues have no colon. */
export const queueName = (source: string) => source.replaceAll(':', '_');
