/**
 * The media room: the media server as a part of ours. Other rooms mint tokens, close seats and end
 * rooms through here; browsers reach the server through `upgrade` and `request` under `/lk`.
 */
export { createMedia } from './media.ts';
export type { Media, MediaMetrics, MediaOptions } from './media.ts';
export type { MediaEvent } from './presence.ts';
export type { Person } from './rooms.ts';
export type { Admit } from './gate.ts';
export { permissionsOf, seat_ttl_s } from './token.ts';
export type { Permissions, Seat, Source, TokenRequest } from './token.ts';
