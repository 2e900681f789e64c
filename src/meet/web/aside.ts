/**
 * What the join page shows only when it is asked to, or when something fails. It is fetched when
 * the page is idle, so that it is here when the line is gone.
 */
export { Explained } from '../../web/explained.tsx';
export { DeviceChoice } from './device-choice.tsx';
export { faultOf, worthAlone } from './device-fault.ts';
export { DeviceTrouble } from './device-trouble.tsx';
export { Trouble } from './trouble.tsx';
