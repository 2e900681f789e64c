/** What the page loads once the test begins: the parts of a call that are tried. */
export { faultOf } from '../device-fault.ts';
export { followLevel } from '../level.ts';
export { Tries } from './tries.ts';
