/**
 * What the join page shows only when it is asked to, or when something fails: fetched then, and
 * with Join for the page after the call.
 */
export { Explained } from '../../web/explained.tsx';
export { DeviceChoice } from './device-choice.tsx';
export { faultOf, worthAlone } from './device-fault.ts';
export { DeviceTrouble } from './device-trouble.tsx';
export { Trouble } from './trouble.tsx';
