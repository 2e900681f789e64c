export { hasSeat } from './ahead.ts';
export type { Door, Media, Meeting, Meetings } from './desk.ts';
export { readSends } from './permit.ts';
export type { Pace } from './pace.ts';
export { bindKeys, type Keys, type KeysDeps } from './server.ts';
