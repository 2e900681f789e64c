export { Admission, type Verdict } from './admission.ts';
export { createAttendance, type Attendance } from './attendance.ts';
export { forget, type Groups, type MediaGate } from './end.ts';
export { forgetJob } from './forget.ts';
export { meetings } from './meetings.ts';
export { arrive, depart, listOccupied, reconcile, type Presence } from './presence.ts';
export { Price } from './price.ts';
export { bindMeet } from './server.ts';
export { Trials, type TrialMedia } from './trials.ts';
