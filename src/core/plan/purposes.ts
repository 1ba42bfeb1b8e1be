/** What a connection is for, in words for the progress line and the journal. */
export const PURPOSES = {
  begin: 'first contact',
  plant: 'plant senders',
  climb: 'retry',
  verify: 'narrow and prove',
  'other-client': 'second client address',
  key: 'part of the key',
  age: 'later age',
} as const;
