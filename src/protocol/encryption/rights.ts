/** What a policy may let guests do, and kinds of meetings. Nothing else: pages that only show it load no cryptography. */

/** In the order in which the policy lists it. */
export const guest_rights = ['mic', 'cam', 'share', 'chat', 'react'] as const;
export type GuestRight = (typeof guest_rights)[number];

/** Those that are sent through the media engine; `share` is a screen with its sound. */
export const sends = ['mic', 'cam', 'share'] as const satisfies readonly GuestRight[];
export type Send = (typeof sends)[number];

/**
 * What kind of occasion a meeting is: all may speak; guests arrive muted and share no screen; or a stage
 * and an audience, which sends nothing. Each sets rights that hosts can change afterwards.
 */
export const modes = ['meeting', 'class', 'event'] as const;
export type Mode = (typeof modes)[number];

/** What guests may do as each begins. */
export const rights_of_mode: Readonly<Record<Mode, readonly GuestRight[]>> = {
  meeting: guest_rights,
  class: ['mic', 'cam', 'chat', 'react'],
  event: ['react'],
};
