export { Admission, type Verdict } from './admission.ts';
export { createAttendance, type Attendance } from './attendance.ts';
export { forget } from './end.ts';
export type { MediaGate } from './enter.ts';
export { forgetJob } from './forget.ts';
export { arrive, depart, listOccupied, reconcile, type Presence } from './presence.ts';
export { bindMeet } from './server.ts';
